"""The process that acts behind the service, by a small one that writes down what was kept at the end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_agent.backends.posix.keeper import KeeperProcess, is_at_work

from tests.support.waiting import wait_for

ACTS = """
import os, sys
from lamplighter_agent.backends.posix.until_end import kept_at_the_end
found = kept_at_the_end(4)
with open(sys.argv[1] + ".new", "w") as file:
    print(*found, file=file)
os.rename(sys.argv[1] + ".new", sys.argv[1])
"""
# A service that keeps two, forgets one, and then hangs until it is killed.
SERVICE = """
import sys, threading
from pathlib import Path
from lamplighter_agent.backends.posix.keeper import KeeperProcess
keeper = KeeperProcess(sys.argv[2:], lock=Path(sys.argv[1]))
keeper.keep("sdb1")
keeper.keep("sdb2")
keeper.forget("sdb1")
print(keeper.pid, flush=True)
threading.Event().wait()
"""


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """Where the process writes what it acts for."""
    return tmp_path / "told"


@pytest.fixture
def keeper(told: Path) -> Iterator[KeeperProcess]:
    made = KeeperProcess(command(told))
    yield made
    made.close()


def command(told: Path) -> list[str]:
    return [sys.executable, "-c", ACTS, str(told)]


def test_behind_a_killed_service_it_acts_for_what_is_kept(tmp_path: Path, told: Path) -> None:
    lock = tmp_path / "lock"
    started = [sys.executable, "-c", SERVICE, str(lock), *command(told)]
    assert not is_at_work(lock)
    # As a unit of the system's ends all processes of a group: it must not end by that.
    service = subprocess.Popen(started, stdout=subprocess.PIPE, start_new_session=True)
    assert service.stdout is not None
    with service.stdout as said:
        pid = int(said.readline())
        assert is_at_work(lock)
        for way in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(pid, way)
        os.killpg(service.pid, signal.SIGKILL)
        service.wait(20)
    wait_for(told.exists, "what it does at the end")
    assert told.read_text() == "sdb2\n"
    wait_for(lambda: not is_at_work(lock), "its end")


def test_it_runs_only_while_anything_is_kept(keeper: KeeperProcess, told: Path) -> None:
    keeper.forget("sdb1")
    assert keeper.pid == 0
    keeper.keep("sdb1")
    keeper.keep("sdb1")
    pid = keeper.pid
    keeper.forget("sdb1")
    assert keeper.pid == 0
    wait_for(told.exists, "its end")
    assert told.read_text() == "\n"
    keeper.keep("sdb1")
    assert keeper.pid not in {0, pid}
    keeper.close()
    assert told.read_text() == "sdb1\n"


def test_it_is_ready_once_it_has_loaded_itself(keeper: KeeperProcess) -> None:
    assert not keeper.is_ready()
    keeper.keep("sdb1")
    wait_for(keeper.is_ready, "its word")
    keeper.keep("sdb2")
    assert keeper.is_ready()
    keeper.close()
    assert not keeper.is_ready()


def test_a_killed_one_is_started_again_and_knows_all(keeper: KeeperProcess, told: Path) -> None:
    keeper.keep("sdb1")
    assert not keeper.renew()
    killed = keeper.pid
    os.kill(killed, signal.SIGKILL)
    wait_for(keeper.renew, "another")
    assert keeper.pid not in {0, killed}
    os.kill(keeper.pid, signal.SIGKILL)
    keeper.forget("sdb1")
    keeper.keep("sdb2")
    keeper.close()
    assert told.read_text() == "sdb2\n"


def test_what_can_not_be_started_keeps_nothing(tmp_path: Path) -> None:
    keeper = KeeperProcess(["/no/such/program"])
    with pytest.raises(FileNotFoundError):
        keeper.keep("sdb1")
    assert not keeper.renew()
    locked = KeeperProcess(command(tmp_path / "told"), lock=tmp_path / "no" / "folder")
    with pytest.raises(FileNotFoundError):
        locked.keep("sdb1")
    locked.close()


def test_one_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lamplighter_agent.backends.posix.keeper.ENDS_WITHIN_S", 0.1)
    keeper = KeeperProcess([sys.executable, "-c", "import time; time.sleep(600)"])
    keeper.keep("sdb1")
    pid = keeper.pid
    assert not keeper.is_ready()
    keeper.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
