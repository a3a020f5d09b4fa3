"""Who has a file system: programs of people that work in it, have a file open or in memory, or mounted it."""

import contextlib
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
# As a directory or an older distribution may number people, among the system's own.
LOW = 999
WAITS = ("sh", "-c", "echo ready; exec sleep 600")
MAPS = "import mmap,sys,time\nwith open('essay.txt') as f: m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ)\n"
MAPS += "import os; os.chdir('/'); print('ready', flush=True); time.sleep(600)"
COPIES = (
    "mount -t tmpfs none /mnt && mkdir /mnt/kept && mount --bind . /mnt/kept && cd / && echo ready"
    " && exec sleep 600"
)


@contextlib.contextmanager
def working(
    place: Path, *command: str, uid: int = PERSON, signed_in: int | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run something in there as somebody, until it is ready; `signed_in` is whose sign-in it comes from."""
    become = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--"]
    if signed_in is not None:
        # As PAM does it at a sign-in.
        become = ["sh", "-ec", f'echo {signed_in} > /proc/self/loginuid; exec "$@"', "sh", *become]
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
        WAITS,
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
        assert _holders.end(stick.node, {PERSON}) == _holders.Holders(people=(PERSON,), system=())
        assert running.wait(20) == -9
    wait_for(lambda: not _block.is_busy(stick.node, number), "the end of the file system")


@pytest.mark.parametrize("uid", [LOW, PERSON])
def test_the_systems_own_are_told_and_live_whatever_their_number(
    mounted: tuple[Stick, Path], uid: int
) -> None:
    stick, place = mounted
    number = _block.sequence_of(stick.node)
    with working(place, *WAITS, uid=uid) as running:
        _block.detach(str(place))
        assert _holders.end(stick.node, {PERSON + 1}) == _holders.Holders(people=(), system=(uid,))
        assert running.poll() is None
        assert _block.is_busy(stick.node, number)
        # Of another insertion this says nothing.
        assert not _block.is_busy(stick.node, number + 1)
    assert _holders.end(stick.node, {PERSON}) == _holders.Holders(people=(), system=())


def test_whom_it_was_released_to_is_a_person_whatever_their_number(mounted: tuple[Stick, Path]) -> None:
    stick, place = mounted
    with working(place, *WAITS, uid=LOW) as running:
        _block.detach(str(place))
        assert _holders.end(stick.node, {LOW}) == _holders.Holders(people=(LOW,), system=())
        assert running.wait(20) == -9


@pytest.mark.parametrize("uid", [LOW, PERSON], ids=["their own", "a number that they were lent"])
def test_whoever_signed_in_is_a_person(mounted: tuple[Stick, Path], uid: int) -> None:
    stick, place = mounted
    with working(place, *WAITS, uid=uid, signed_in=LOW) as running:
        _block.detach(str(place))
        assert _holders.end(stick.node, ()) == _holders.Holders(people=(uid,), system=())
        assert running.wait(20) == -9


def test_root_is_nobody_also_where_somebody_signed_in(mounted: tuple[Stick, Path]) -> None:
    stick, place = mounted
    with working(place, *WAITS, uid=0, signed_in=LOW) as running:
        _block.detach(str(place))
        assert _holders.end(stick.node, {0, LOW}) == _holders.Holders(people=(), system=(0,))
        assert running.poll() is None


def test_who_has_something_else_is_left_alone(mounted: tuple[Stick, Path]) -> None:
    stick, place = mounted
    with working(place.parent, *WAITS) as running:
        _block.detach(str(place))
        assert _holders.end(stick.node, {PERSON}) == _holders.Holders(people=(), system=())
        assert running.poll() is None
    assert not _block.is_busy("/dev/no-such-disk", 1)
    with pytest.raises(FileNotFoundError):
        _holders.end("/dev/no-such-disk", ())
