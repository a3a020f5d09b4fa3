"""The command line, as a technician and the installer's unit use it."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_agent.media.sensor import SENSOR
from lamplighter_agent.media_check import GUARD, SCANNER

from tests.support.bundled import ONE_WORD
from tests.support.identities import enrolled
from tests.support.pair import GROUP, ROOT, USER
from tests.support.unprivileged import UNPRIVILEGED

CONFIG = """
[paths]
state = "{folder}/state"
runtime = "{folder}/run"
[session]
group = "{group}"
[desktop]
display = ":77"
user = "{user}"
"""

# Whether these are well is this machine's matter.
MEDIA = {GUARD, SCANNER, SENSOR}


def agent(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lamplighter_agent", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "agent.toml"
    user = USER if ROOT else pwd.getpwuid(os.getuid()).pw_name
    file.write_text(CONFIG.format(folder=tmp_path, group=GROUP, user=user))
    return str(file)


def test_status_without_a_service_names_each_sensor_and_what_to_do(config: str) -> None:
    found = json.loads(agent("status", "--config", config, "--json").stdout)
    assert (found["running"], found["sensing"], found["enrolled"]) == (False, False, False)
    sensors = found["sessions"][0]["sensors"]
    assert [sensor["working"] for sensor in sensors] == [False] * 3
    assert all(sensor["reason"] and sensor["remedy"] for sensor in sensors)
    assert found["boundary"]["kind"] == ("separate" if ROOT else "same-user")


def test_status_for_people_says_the_same(config: str) -> None:
    said = agent("status", "--config", config).stdout
    assert "nothing is sensed" in said
    assert "process boundary: once the service runs: " in " ".join(said.split())
    assert "{" not in said
    assert "lists: told by a running service" in said
    assert "portable media: told by a running service" in said
    assert "lamplighter-agent enrol" in said


def test_selfcheck_names_what_needs_attention(config: str) -> None:
    done = agent("selfcheck", "--config", config, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert [problem["what"] for problem in found["problems"] if problem["what"] not in MEDIA] == ["enrolment"]
    assert all(problem["reason"] and problem["remedy"] for problem in found["problems"])
    said = agent("selfcheck", "--config", config).stdout
    assert "enrolment" in said
    assert said.count("lamplighter-agent enrol") == 1
    by_id = json.loads(agent("doctor", "--config", config, "--json").stdout)
    assert {"enrolment"} <= {one["id"] for one in by_id}
    assert [list(one) for one in by_id] == [["id", "what", "reason", "matters", "remedy"]] * len(by_id)


@pytest.fixture
def closed() -> Iterator[Path]:
    """The configuration of an enrolled device, as somebody sees it who may not look at its identity."""
    folder = Path(tempfile.mkdtemp(prefix="lamplighter-main-", dir="/tmp"))
    identity = enrolled(folder / "state", keywords=ONE_WORD)
    text = CONFIG.format(folder=folder, group=GROUP, user=USER if ROOT else pwd.getpwuid(os.getuid()).pw_name)
    (folder / "agent.toml").write_text(text)
    identity.folder.chmod(0)
    folder.chmod(0o755)
    yield folder / "agent.toml"
    identity.folder.chmod(0o700)
    shutil.rmtree(folder)


def without_privilege(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the agent where permissions hold: root keeps its name, which the test's Python may need, alone."""
    command = [*UNPRIVILEGED, sys.executable, "-m", "lamplighter_agent", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_who_may_not_look_at_the_identity_is_told_so(closed: Path) -> None:
    done = without_privilege("status", "--config", str(closed), "--json")
    assert done.stderr == ""
    assert "look as root" in json.loads(done.stdout)["not_enrolled"]
    done = without_privilege("selfcheck", "--config", str(closed), "--json")
    assert done.stderr == ""
    (problem,) = (one for one in json.loads(done.stdout)["problems"] if one["what"] not in MEDIA)
    assert problem["what"] == "enrolment"
    assert "denied" in problem["reason"]


@pytest.mark.parametrize("verb", ["service", "status", "selfcheck"])
def test_a_missing_configuration_is_one_line_that_names_it(tmp_path: Path, verb: str) -> None:
    done = agent(verb, "--config", str(tmp_path / "none.toml"))
    assert done.returncode in (1, 2)
    assert "none.toml" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["--covert", "1"], ["--config"], ["--receipts-fd", "x"]])
def test_the_service_refuses_what_it_does_not_know(arguments: list[str]) -> None:
    done = agent("service", *arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr
    assert "Traceback" not in done.stderr


def test_the_helper_is_started_by_nobody_else(tmp_path: Path) -> None:
    done = agent("session")
    assert done.returncode == 2
    assert "--organisation and --socket: are needed; only the service starts it" in done.stderr
    said = agent("session", "--help").stdout
    assert "--socket" in said
    assert "Arguments" not in said
    assert agent("session", "--hidden", "1").returncode == 2
    # As launchd does on a Mac, before any service was there.
    alone = agent("session", "--socket", str(tmp_path / "s"), "--organisation-file", str(tmp_path / "none"))
    assert alone.returncode == 1
    assert alone.stderr == "lamplighter-agent session: no service: No such file or directory\n"


def test_help_names_the_verbs() -> None:
    said = agent("--help").stdout
    assert all(verb in said for verb in ("service", "status", "doctor", "enrol"))
    assert "receipts-fd" in agent("service", "--help").stdout
    # A switch takes no value.
    assert "bool" not in said + agent("top", "--help").stdout
