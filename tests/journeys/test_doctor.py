"""`doctor` beside a whole Lamplighter: nothing is wrong, then the collector stops, then it is back."""

import json
import subprocess

import pytest

from tests.agent.test_main import MEDIA
from tests.journeys.stack import Stack
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def found(stack: Stack) -> tuple[int, set[str]]:
    """Return exit code and ids; what this machine lacks for portable media is not this test's."""
    command = [str(stack.command), "doctor", "--json", "--config", str(stack.folder / "agent.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert done.returncode == (1 if told else 0), done.stderr
    others = {one["id"] for one in told if one["what"] not in MEDIA}
    return done.returncode, others


def test_what_is_well_has_no_fault_and_a_collector_that_stopped_is_named(stack: Stack) -> None:
    stack.start_service()
    wait_for(lambda: stack.status()["collector"].get("clock_behind_s") is not None, "an answer", seconds=60)
    assert abs(stack.status()["collector"]["clock_behind_s"]) < 60
    assert found(stack)[1] == set()
    stack.children.kill(stack.collector.process)
    assert found(stack) == (1, {"collector-port"})
    stack.restart_collector()
    assert found(stack)[1] == set()
