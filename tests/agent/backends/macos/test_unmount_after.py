"""What unmounts behind a service that is gone: the real process, with another program in diskutil's place."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from lamplighter_agent.backends.macos.keeper import UnmountKeeper
from lamplighter_agent.backends.macos.unmount_after import kept

from tests.support.waiting import wait_for

UNMOUNT = "import os, sys; os.unlink(os.path.join(sys.argv[1], sys.argv[-1]))"
# A service that releases two volumes, takes one back, and then hangs until it is killed.
SERVICE = """
import sys, threading
from lamplighter_agent.backends.macos.keeper import UnmountKeeper
keeper = UnmountKeeper(sys.argv[1:])
keeper.keep("disk4s1")
keeper.keep("disk5s1")
keeper.forget("disk5s1")
print("released", flush=True)
threading.Event().wait()
"""


def command(folder: Path) -> list[str]:
    module = [sys.executable, "-m", "lamplighter_agent.backends.macos.unmount_after"]
    return [*module, sys.executable, "-c", UNMOUNT, str(folder)]


def mounted(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).touch()


def there(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_killed_service_leaves_nothing_mounted(tmp_path: Path) -> None:
    mounted(tmp_path, "disk4s1", "disk5s1", "disk6s1")
    service = subprocess.Popen([sys.executable, "-c", SERVICE, *command(tmp_path)], stdout=subprocess.PIPE)
    assert service.stdout is not None
    with service.stdout as said:
        assert said.readline() == b"released\n"
        os.kill(service.pid, signal.SIGKILL)
        service.wait(20)
    wait_for(lambda: there(tmp_path) == ["disk5s1", "disk6s1"], "the released volume to be unmounted")


def test_an_ordinary_end_unmounts_what_is_left(tmp_path: Path) -> None:
    mounted(tmp_path, "disk4s1", "disk5s1")
    keeper = UnmountKeeper(command(tmp_path))
    keeper.close()
    keeper.keep("disk4s1")
    keeper.close()
    assert there(tmp_path) == ["disk5s1"]
    keeper.close()


def test_a_killed_one_is_started_again(tmp_path: Path) -> None:
    mounted(tmp_path, "disk4s1", "disk5s1")
    keeper = UnmountKeeper(command(tmp_path))
    keeper.keep("disk4s1")
    first = keeper.process
    assert first is not None
    first.kill()
    first.wait(20)
    keeper.keep("disk5s1")
    assert keeper.process is not first
    keeper.close()
    assert there(tmp_path) == ["disk4s1"]


def test_only_names_of_disks_are_kept() -> None:
    lines = ["+disk4s1\n", "+disk5\n", "-disk4s1\n", "+../../etc\n", "+disk6s1; rm\n", "\n", "-disk9\n"]
    assert kept(lines) == ["disk5"]
