"""What the real agent says of itself reaches the register, without anything that anybody typed."""

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.journeys.stack import Stack
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.root]


def said(stack: Stack) -> dict[str, Any]:
    (row,) = stack.read("devices")
    found: dict[str, Any] = row["health"] or {}
    return found


def test_a_technician_sees_what_the_device_can_see(stack: Stack) -> None:
    stack.start_service()
    wait_for(lambda: said(stack).get("sensing"), "a heartbeat that says it senses", seconds=60, step=0.5)
    health = said(stack)
    works = {one["sensor"] for one in health["capabilities"] if one["working"]}
    assert {"indicator", "window titles", "text of fields"} <= works
    assert abs(health["clock_behind_ms"]) < 60_000
    assert (health["sessions"], health["helper_restarts"], health["list_version"]) == (1, 0, "1")
    assert stack.account.name not in json.dumps(health)


# As a tracer that does not stop it does: PTRACE_SEIZE.
SEIZE = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace(0x4206, int(sys.argv[1]), None, None)
os.waitpid(int(sys.argv[1]), 0x40000000)
"""


def back_after(stack: Stack, helper: int) -> float:
    """Wait for another helper; returns the seconds it took."""
    began = time.monotonic()
    wait_for(lambda: stack.find_helper() not in (None, helper), "another helper", seconds=20)
    seconds = time.monotonic() - began
    stack.wait_until_watching()
    return seconds


@pytest.mark.fault
def test_a_helper_that_is_killed_stopped_or_traced_is_back_and_on_record(stack: Stack) -> None:
    stack.start_service()
    for number in (signal.SIGKILL, signal.SIGSTOP):
        helper = stack.helper_pid()
        os.kill(helper, number)
        assert back_after(stack, helper) < 5
    helper = stack.helper_pid()
    with subprocess.Popen([sys.executable, "-c", SEIZE, str(helper)]):
        # The tracer ends with what it traces.
        assert back_after(stack, helper) < 5
    reasons = {"REASON_HELPER_KILLED", "REASON_HELPER_STOPPED", "REASON_HELPER_TRACED"}
    wait_for(lambda: len(stack.read("losses")) >= 3, "the records at the collector", seconds=60, step=0.5)
    assert reasons <= set(stack.status()["losses"])
    assert stack.status()["sessions"][0]["last_end"] == "another program looked into it"
