import os
import signal
import subprocess

import pytest
from lamplighter_agent.backends.linux.process_condition import condition_of
from lamplighter_agent.backends.ports import ProcessCondition

from tests.support.waiting import wait_for


def test_a_process_that_is_held_still_is_told_from_one_that_runs() -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        assert condition_of(process.pid) is ProcessCondition.FINE
        os.kill(process.pid, signal.SIGSTOP)
        wait_for(lambda: condition_of(process.pid) is ProcessCondition.STOPPED, "the stop")
        os.kill(process.pid, signal.SIGCONT)
        wait_for(lambda: condition_of(process.pid) is ProcessCondition.FINE, "its going on")
        process.kill()


def test_one_that_asks_its_parent_to_trace_it_is_traced() -> None:
    traced = "import ctypes, time; ctypes.CDLL(None).ptrace(0, 0, 0, 0); time.sleep(60)"
    with subprocess.Popen(["/usr/bin/python3", "-c", traced]) as process:
        wait_for(lambda: condition_of(process.pid) is ProcessCondition.TRACED, "the trace")
        process.kill()


@pytest.mark.fault
def test_one_that_has_ended_is_fine() -> None:
    with subprocess.Popen(["/bin/true"]) as process:
        process.wait()
        assert condition_of(process.pid) is ProcessCondition.FINE
    assert condition_of(1 << 30) is ProcessCondition.FINE
