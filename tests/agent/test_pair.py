"""Service and helper as they really run: boundary, restarts, strangers, status, stopping.

As root the pair runs with its full boundary and the tests prove it; as an ordinary user with the weaker one,
and they prove that `status` says so.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lamplighter_agent.place import NO_ANSWER
from lamplighter_agent.policy import AWAY, NOT_ASSESSED
from lamplighter_keywords.policy.device_policy import Floor

from installers.quickstart.virtual_desktop.desktop import Desktop, running_desktop
from tests.support.bundled import ON_PAPER, ONE_WORD
from tests.support.pair import (
    GROUP,
    ROOT,
    USER,
    Pair,
    children_of,
    desktop_user,
    helper_gid,
    installed_agent,
    running_pair,
)
from tests.support.waiting import wait_for

TRACE = """
import ctypes, os, sys
pid = int(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace(16, pid, 0, 0) == 0:
    print("traced")
    libc.ptrace(17, pid, 0, 0)
handle = os.pidfd_open(pid)
for number in range(3, 32):
    if libc.syscall(438, handle, number, 0) >= 0:
        print("took descriptor", number)
try:
    open(f"/proc/{pid}/mem", "rb").close()
    print("opened memory")
except OSError:
    pass
print("tried")
"""
# Looks into a process without stopping it, and holds on: PTRACE_SEIZE.
SEIZE = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
print(libc.ptrace(0x4206, int(sys.argv[1]), None, None), flush=True)
os.waitpid(int(sys.argv[1]), 0x40000000)
"""
CONNECT = """
import socket, sys
s = socket.socket(socket.AF_UNIX)
try:
    s.connect(sys.argv[1])
    s.sendall(b"hello")
    print("answered" if s.recv(1) else "closed")
except PermissionError:
    print("refused by the kernel")
except (ConnectionResetError, BrokenPipeError):
    print("closed")
"""


@pytest.fixture(scope="module")
def command() -> Iterator[list[str]]:
    with installed_agent() as found:
        yield found


@pytest.fixture(scope="module")
def theirs() -> Iterator[Desktop]:
    """A desktop that belongs to whom the helper becomes."""
    with running_desktop(user=desktop_user()) as desktop:
        yield desktop


@pytest.fixture
def pair(command: list[str], theirs: Desktop) -> Iterator[Pair]:
    with running_pair(command, theirs, keywords=ONE_WORD) as running:
        running.wait_until_sensing()
        yield running


def refused(status: dict[str, Any]) -> list[str]:
    """Return why sessions are not sensed, as far as anybody has said so."""
    return [each["policy_reason"] for each in status.get("sessions", ()) if each["policy_reason"]]


def owner(pid: int, kind: str) -> set[int]:
    """Return real, effective, saved and file system ids of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{kind}:"):
            return {int(part) for part in line.split()[1:]}
    raise AssertionError(kind)


def as_pupil(*arguments: str, group: str | None = None) -> str:
    """Run a program of the pupil's own, as root with the pupil's ids; return what it printed."""
    become = ["setpriv", f"--reuid={USER}", f"--regid={group or 'nogroup'}", "--clear-groups"] if ROOT else []
    python = "/usr/bin/python3" if ROOT else sys.executable
    done = subprocess.run([*become, python, "-c", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def test_service_and_helper_share_neither_user_nor_group(pair: Pair) -> None:
    if not ROOT:
        assert pair.status()["boundary"]["kind"] == "same-user"
        assert "WEAKER" in pair.status()["boundary"]["detail"]
        return
    helper = pair.helper_pid()
    assert pair.status()["boundary"]["kind"] == "separate"
    assert owner(pair.service.pid, "Uid") & owner(helper, "Uid") == set()
    assert owner(pair.service.pid, "Gid") & owner(helper, "Gid") == set()
    assert owner(helper, "Gid") == {helper_gid()}


def test_both_processes_are_hardened_before_they_sense(pair: Pair) -> None:
    found = pair.status()
    for hardening in (found["hardening"], found["sessions"][0]["hardening"]):
        assert (hardening["not_dumpable"], hardening["no_core"]) == (True, True)
        assert hardening["memory_locked"] or hardening["reason"]


def test_on_a_laptop_of_staff_nothing_is_sensed_before_an_assessment_nor_away_from_school(
    command: list[str], theirs: Desktop
) -> None:
    with running_pair(command, theirs, keywords=ONE_WORD, group="staff") as teachers:
        sessions = wait_for(lambda: refused(teachers.status()), "a word why nothing is sensed")
        assert sessions == [NOT_ASSESSED]
        assert not teachers.status()["sensing"]
    shipped = ON_PAPER
    at_all_times = replace(shipped.staff, hours=shipped.pupil.hours)
    policy = replace(shipped, staff=at_all_times, staff_dpia="DPIA 7")
    with running_pair(command, theirs, keywords=ONE_WORD, group="staff", policy=policy) as teachers:
        # Its collector does not answer.
        sessions = wait_for(lambda: refused(teachers.status()), "a word why nothing is sensed")
        assert sessions == [AWAY]
        found = teachers.status()
        assert (found["sensing"], found["sessions"][0]["resting"]) == (False, True)
        assert found["place"] == {"on_site": False, "known": True, "reason": NO_ANSWER}
    away = replace(at_all_times, place=replace(at_all_times.place, off_site=Floor(severity=3)))
    policy = replace(policy, staff=away)
    with running_pair(command, theirs, keywords=ONE_WORD, group="staff", policy=policy) as teachers:
        teachers.wait_until_sensing()


@pytest.mark.fault
@pytest.mark.parametrize("group", [None, GROUP] if ROOT else [None])
def test_a_program_of_the_same_user_can_neither_trace_it_nor_take_its_descriptors(
    pair: Pair, group: str | None
) -> None:
    """With the helper's own group, too: then it is its not being dumpable that keeps it closed."""
    assert as_pupil(TRACE, str(pair.helper_pid()), group=group).split() == ["tried"]


@pytest.mark.fault
def test_the_same_program_does_trace_an_ordinary_one(theirs: Desktop) -> None:
    """The control of the test above: without it a probe that never works would pass."""
    scope = Path("/proc/sys/kernel/yama/ptrace_scope")
    if scope.exists() and scope.read_text().strip() != "0":
        # This kernel lets nobody trace but a parent: its refusal proves nothing about us.
        return
    with theirs.start(["sleep", "60"]) as ordinary:
        group = None if theirs.user is None else str(theirs.user.gid)
        assert "traced" in as_pupil(TRACE, str(ordinary.pid), group=group)
        ordinary.kill()


@pytest.mark.root
@pytest.mark.fault
def test_a_pupil_s_own_program_is_refused_by_the_kernel_or_closed_and_recorded(pair: Pair) -> None:
    assert "refused by the kernel" in as_pupil(CONNECT, str(pair.socket))
    assert "closed" in as_pupil(CONNECT, str(pair.socket), group=GROUP)
    pair.wait_for_loss("REASON_PEER_REJECTED")
    assert pair.status()["sensing"]


def test_a_helper_that_is_killed_is_back_within_two_seconds_and_recorded(pair: Pair) -> None:
    first = pair.helper_pid()
    os.kill(first, signal.SIGKILL)
    killed = time.monotonic()
    wait_for(lambda: children_of(pair.service.pid) not in ([], [first]), "another helper")
    assert time.monotonic() - killed < 2
    pair.wait_for_loss("REASON_HELPER_KILLED")
    wait_for(lambda: pair.status().get("sensing"), "sensing again", seconds=20)
    assert pair.helper_pid() != first


def test_a_helper_that_is_asked_to_end_is_back_and_that_is_recorded(pair: Pair) -> None:
    first = pair.helper_pid()
    os.kill(first, signal.SIGTERM)
    pair.wait_for_loss("REASON_HELPER_KILLED")
    wait_for(lambda: children_of(pair.service.pid) not in ([], [first]), "another helper")


@pytest.mark.fault
def test_a_helper_that_is_held_still_is_replaced_within_five_seconds_and_recorded(pair: Pair) -> None:
    first = pair.helper_pid()
    os.kill(first, signal.SIGSTOP)
    stopped = time.monotonic()
    wait_for(lambda: children_of(pair.service.pid) not in ([], [first]), "another helper")
    assert time.monotonic() - stopped < 5
    pair.wait_for_loss("REASON_HELPER_STOPPED")
    wait_for(lambda: pair.status().get("sensing"), "sensing again", seconds=20)
    assert pair.status()["sessions"][0]["last_end"] == "another program held it still"


@pytest.mark.root
@pytest.mark.fault
def test_a_helper_that_is_looked_into_is_replaced_and_recorded(pair: Pair) -> None:
    """Only root can: what a pupil tries is refused, see above."""
    first = pair.helper_pid()
    with subprocess.Popen([sys.executable, "-c", SEIZE, str(first)], stdout=subprocess.PIPE) as tracer:
        assert tracer.stdout is not None
        assert tracer.stdout.readline() == b"0\n"
        wait_for(lambda: children_of(pair.service.pid) not in ([], [first]), "another helper")
        tracer.kill()
    pair.wait_for_loss("REASON_HELPER_TRACED")
    wait_for(lambda: pair.status().get("sensing"), "sensing again", seconds=20)


def test_top_tells_what_both_processes_cost(pair: Pair) -> None:
    asked = [*pair.command, "top", "--config", str(pair.config), "--json", "--seconds", "1"]
    told = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    pids = {"service": pair.service.pid, "session helper": pair.helper_pid()}
    assert {one["process"]: one["pid"] for one in told} == pids
    for one in told:
        assert 0 <= one["cpu_percent"] < 100
        assert one["threads"] >= 1
        assert (one["pss_mb"] is not None) == ROOT


def test_the_helper_ends_with_the_service(pair: Pair) -> None:
    helper = pair.helper_pid()
    pair.service.kill()
    pair.service.wait()
    wait_for(lambda: not _alive(helper), "the helper's end")


def test_it_stops_cleanly_and_leaves_no_process_and_no_socket(pair: Pair) -> None:
    helper = pair.helper_pid()
    assert pair.stop() == 0
    assert not _alive(helper)
    assert not pair.socket.exists()
    assert pair.status() == {}


def test_it_starts_again_on_what_a_kill_left_behind(pair: Pair) -> None:
    pair.service.kill()
    pair.service.wait()
    assert pair.socket.exists()
    arguments = [*pair.command, "service", "--config", str(pair.config)]
    with (pair.folder / "service.log").open("ab") as log:
        pair.service = subprocess.Popen(arguments, stdout=log, stderr=log)
    pair.wait_until_sensing()


def test_status_names_each_sensor_of_the_running_pair(pair: Pair) -> None:
    found = asked(pair, "status", "--json")
    (session,) = found["sessions"]
    assert found["running"]
    assert {sensor["sensor"] for sensor in session["sensors"]} == {
        "window titles",
        "text of fields",
        "keys in terminals",
    }
    assert all(sensor["working"] and sensor["backend"] for sensor in session["sensors"])
    assert session["indicator_shown"]
    assert USER not in json.dumps(found)


def test_status_without_a_service_says_that_nothing_is_sensed(pair: Pair) -> None:
    pair.stop()
    found = asked(pair, "status", "--json")
    assert not found["running"]
    assert not found["sensing"]
    for sensor in found["sessions"][0]["sensors"]:
        assert not sensor["working"]
        assert sensor["reason"]
        assert sensor["remedy"]


def test_a_device_that_is_not_enrolled_shows_the_indicator_and_senses_nothing(
    command: list[str], theirs: Desktop
) -> None:
    with running_pair(command, theirs, keywords=ONE_WORD) as pair:
        pair.wait_until_sensing()
        pair.stop()
        shutil.rmtree(pair.state / "identity")
        with (pair.folder / "service.log").open("ab") as log:
            pair.service = subprocess.Popen(
                [*command, "service", "--config", str(pair.config)], stdout=log, stderr=log
            )
        shown = wait_for(
            lambda: [one for one in pair.status().get("sessions", []) if one["indicator_shown"]],
            "the indicator",
            seconds=30,
        )
        found = pair.status()
        assert not found["enrolled"]
        assert not found["sensing"]
        assert "not enrolled" in shown[0]["policy_reason"]
        assert not any(sensor["working"] for sensor in shown[0]["sensors"])


def test_a_wrong_setting_stops_it_by_name(command: list[str]) -> None:
    with running_pair(command, None, keywords=ONE_WORD, more='\n[paths2]\nspool = "/x"\n') as pair:
        assert pair.service.wait(timeout=30) == 2
        assert "paths2" in pair.log()


@pytest.mark.machine
def test_an_abort_leaves_no_core_and_an_ordinary_program_does(pair: Pair) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern")
    before = pattern.read_text()
    cores = pair.folder / "cores"
    cores.mkdir(mode=0o777)
    cores.chmod(0o777)
    pattern.write_text(f"{cores}/core.%p")
    try:
        control = subprocess.Popen(
            ["prlimit", "--core=unlimited", sys.executable, "-c", "import os; os.abort()"]
        )
        control.wait()
        for pid in (pair.helper_pid(), pair.service.pid):
            os.kill(pid, signal.SIGABRT)
        pair.service.wait()
        assert [path.name for path in cores.iterdir()] == [f"core.{control.pid}"]
    finally:
        pattern.write_text(before)


def asked(pair: Pair, *arguments: str) -> dict[str, Any]:
    """Return what a read verb of the command line answers."""
    done = subprocess.run(
        [*pair.command, *arguments, "--config", str(pair.config)], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
