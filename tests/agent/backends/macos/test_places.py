"""The installer's jobs and the agent mean the same files."""

from pathlib import Path

from lamplighter_agent import organisation_file
from lamplighter_agent.backends.macos.places import PLACES

from installers.macos import launchd


def test_the_jobs_of_launchd_and_the_agent_agree() -> None:
    assert str(launchd.SOCKET) == f"{PLACES.runtime}/service.sock"
    assert organisation_file.path_beside(Path(launchd.SOCKET)) == Path(launchd.ORGANISATION)
    assert PLACES.config.encode() in launchd.service_job()
    assert PLACES.state.startswith(f"{launchd.FOLDER}/")
