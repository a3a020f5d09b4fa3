"""Who has a file system: programs of people that work in it, have a file open or in memory, or mounted it."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux import _block, _holders

from tests.support.sticks import Stick
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.media, pytest.mark.machine]
PERSON = 61201
MAPS = "import mmap,sys,time\nwith open('essay.txt') as f: m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ)\n"
MAPS += "import os; os.chdir('/'); print('ready', flush=True); time.sleep(600)"
COPIES = (
    "mount -t tmpfs none /mnt && mkdir /mnt/kept && mount --bind . /mnt/kept && cd / && echo ready"
    " && exec sleep 600"
)


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[tuple[Stick, Path]]:
    """A stick that is mounted, and where."""
    image, place = tmp_path / "image", tmp_path / "mounted"
    with image.open("wb") as file:
        file.truncate(8 << 20)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    made = Stick(image)
    made.put_in()
    place.mkdir()
    subprocess.run(["mount", made.node, str(place)], check=True)
    (place / "essay.txt").write_text("about lamps")
    for one in (place, *place.parents[:3]):
        one.chmod(0o755)
    yield made, place
    if os.path.ismount(place):
        subprocess.run(["umount", str(place)], check=True)
    made.take_out()


@contextlib.contextmanager
def working(place: Path, *command: str, uid: int = PERSON) -> Iterator[subprocess.Popen[str]]:
    """Run something in there as somebody, until it says that it is ready."""
    become = ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--")
    with subprocess.Popen([*become, *command], cwd=place, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        try:
            yield running
        finally:
            running.kill()


@pytest.mark.parametrize(
    "command",
    [
        ("sh", "-c", "echo ready; exec sleep 600"),
        ("sh", "-c", "exec 5<essay.txt; cd /; echo ready; exec sleep 600"),
        (sys.executable, "-c", MAPS),
        ("unshare", "-Urm", "sh", "-c", COPIES),
    ],
    ids=["works in it", "has a file open", "has a file in memory", "has a copy of the mount"],
)
def test_whoever_has_it_is_killed(mounted: tuple[Stick, Path], command: tuple[str, ...]) -> None:
    stick, place = mounted
    number = _block.sequence_of(stick.node)
    with working(place, *command) as running:
        _block.detach(str(place))
        assert _block.is_busy(stick.node, number)
        assert _holders.end(stick.node) == _holders.Holders(people=1, system=0)
        assert running.wait(20) == -9
    wait_for(lambda: not _block.is_busy(stick.node, number), "the end of the file system")


def test_the_systems_own_are_told_and_live(mounted: tuple[Stick, Path]) -> None:
    stick, place = mounted
    number = _block.sequence_of(stick.node)
    with working(place, "sh", "-c", "echo ready; exec sleep 600", uid=999) as running:
        _block.detach(str(place))
        assert _holders.end(stick.node) == _holders.Holders(people=0, system=1)
        assert running.poll() is None
        assert _block.is_busy(stick.node, number)
        # Of another insertion this says nothing.
        assert not _block.is_busy(stick.node, number + 1)
    assert _holders.end(stick.node) == _holders.Holders(people=0, system=0)


def test_who_has_something_else_is_left_alone(mounted: tuple[Stick, Path]) -> None:
    stick, place = mounted
    with working(place.parent, "sh", "-c", "echo ready; exec sleep 600") as running:
        _block.detach(str(place))
        assert _holders.end(stick.node) == _holders.Holders(people=0, system=0)
        assert running.poll() is None
    assert not _block.is_busy("/dev/no-such-disk", 1)
    with pytest.raises(FileNotFoundError):
        _holders.end("/dev/no-such-disk")
