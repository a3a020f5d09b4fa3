"""What journeys share: the agent, installed once from its wheels; the pupil can run it, not change it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from installers.closure import needed
from installers.quickstart.agent_install import environment, install_agent
from tests.journeys.media_school import School, media_school
from tests.journeys.stack import Stack, running_stack


@pytest.fixture(scope="session")
def agent_command() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lamplighter-agent-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield install_agent(Path(folder) / "agent")


@pytest.fixture(scope="session")
def qt_python() -> Iterator[str]:
    """An interpreter with Qt that the pupil's account can execute."""
    with tempfile.TemporaryDirectory(prefix="lamplighter-qt-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        qt = needed("pyside6-essentials") | {"pyside6-essentials"}
        yield str(environment(Path(folder) / "qt", qt))


@pytest.fixture
def stack(agent_command: Path) -> Iterator[Stack]:
    with running_stack(agent_command) as running:
        yield running


@pytest.fixture(scope="module")
def school(agent_command: Path) -> Iterator[School]:
    with media_school(agent_command) as running:
        yield running
