"""What unmounts behind a service that is gone: the real process, with another program in diskutil's place."""

import sys
from pathlib import Path

from lamplighter_agent.backends.macos.unmount_after import unmount
from lamplighter_agent.backends.posix.keeper import KeeperProcess

UNMOUNT = "import os, sys; os.unlink(os.path.join(sys.argv[1], sys.argv[-1]))"


def mounted(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).touch()


def there(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_what_is_released_is_unmounted_behind_the_service(tmp_path: Path) -> None:
    mounted(tmp_path, "disk4s1", "disk5s1")
    module = [sys.executable, "-m", "lamplighter_agent.backends.macos.unmount_after"]
    keeper = KeeperProcess([*module, sys.executable, "-c", UNMOUNT, str(tmp_path)])
    keeper.keep("disk4s1")
    keeper.keep("disk5s1")
    keeper.forget("disk5s1")
    keeper.close()
    assert there(tmp_path) == ["disk5s1"]


def test_only_names_of_disks_are_unmounted_and_each_failure_counts(tmp_path: Path) -> None:
    command = [sys.executable, "-c", UNMOUNT, str(tmp_path)]
    mounted(tmp_path, "disk5", "etc", "disk6s1; rm")
    assert unmount(["disk5", "etc", "../../etc", "disk6s1; rm"], command) == 0
    assert there(tmp_path) == ["disk6s1; rm", "etc"]
    assert unmount(["disk9"], command) == 1
    assert unmount(["disk9"], ["/no/such/program"]) == 1
