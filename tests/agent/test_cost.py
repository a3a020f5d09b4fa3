import os
import subprocess

import pytest
from lamplighter_agent.cost import costs, is_ours, processes_of

# Wakes up a hundred times a second.
SLEEPER = "import time\nfor _ in range(6000):\n    time.sleep(0.01)"
# Its main thread does nothing once the other is there.
THREADED = (
    "import threading, time\n"
    "def work():\n"
    "    print('up', flush=True)\n"
    "    while True: time.sleep(0.01)\n"
    "threading.Thread(target=work, daemon=True).start()\n"
    "threading.Event().wait()"
)
# Uses a whole core.
BUSY = "print('up', flush=True)\nwhile True: pass"


def child(script: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(["/usr/bin/python3", "-c", script, "session"], stdout=subprocess.PIPE)


def test_what_works_costs_and_what_has_ended_is_left_out() -> None:
    with child(BUSY) as busy, child("") as over:
        assert busy.stdout is not None
        busy.stdout.readline()
        over.wait()
        found = costs({busy.pid: "busy", over.pid: "over", 1 << 30: "none"}, 0.5)
        busy.kill()
    (one,) = [cost for cost in found if cost.process == "busy"]
    assert one.cpu_percent > 5
    assert one.threads == 1
    assert one.pss_mb is None or one.pss_mb > 1
    assert "none" not in {cost.process for cost in found}


def test_wake_ups_are_counted() -> None:
    with child(SLEEPER) as sleeper:
        first = costs({sleeper.pid: "sleeper"}, 0.5)
        sleeper.kill()
    assert first[0].wakeups_per_s > 5
    assert first[0].other_wakeups_per_s == 0


def test_wake_ups_of_threads_that_libraries_start_stand_apart() -> None:
    with child(THREADED) as sleeper:
        assert sleeper.stdout is not None
        sleeper.stdout.readline()
        (found,) = costs({sleeper.pid: "sleeper"}, 0.5)
        sleeper.kill()
    assert found.other_wakeups_per_s > 5
    assert found.wakeups_per_s < found.other_wakeups_per_s
    assert is_ours(7, 7, "python")
    assert is_ours(7, 8, "spool_0")
    assert not is_ours(7, 8, "event_engine")


def test_the_service_and_its_helpers_are_its_processes() -> None:
    with child(SLEEPER) as helper:
        found = processes_of(os.getpid())
        helper.kill()
    assert found[os.getpid()] == "service"
    assert found[helper.pid] == "session helper"


@pytest.mark.fault
def test_a_service_that_does_not_run_has_none() -> None:
    assert processes_of(1 << 30) == {}
