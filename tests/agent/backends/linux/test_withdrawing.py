"""What is done for a service that is gone, on a stick that is mounted for two mount namespaces."""

import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux import _block
from lamplighter_agent.backends.linux._withdrawing import Place, read, withdraw

from tests.support.sticks import Stick
from tests.support.waiting import wait_for

PUPIL = 61201
WITHDRAWS = """
import sys
from pathlib import Path
from lamplighter_agent.backends.linux import _withdrawing
_withdrawing._SYSTEM = Path("/proc") / sys.argv[1]
sys.exit(_withdrawing.withdraw(sys.argv[3:], sys.argv[2]))
"""


def place(node: str, sequence: int, **about: object) -> Place:
    told: dict[str, object] = {"holds_files": True, "account": PUPIL, "key": "/devices/virtual/no such"}
    return Place(node=node, sequence=sequence, **(told | about))  # type: ignore[arg-type]


def test_a_place_is_a_line_and_back() -> None:
    one = place("/dev/sdb1", 7)
    assert read(one.line()) == one
    assert read(place("/dev/sdb", 7, holds_files=False).line()).holds_files is False
    for broken in ("", "/dev/sdb1 7", "/dev/sdb1 x 1 1 key"):
        with pytest.raises(ValueError, match=r"."):
            read(broken)


def test_what_is_gone_needs_nothing_but_its_releases(tmp_path: Path) -> None:
    for name in ("sdz9.7.mount.rowan", "sdz9.7.mount.ash", "sdz9.8.mount.rowan", "sdz91.7.mount.rowan"):
        (tmp_path / name).touch()
    assert withdraw([place("/dev/sdz9", 7).line()], str(tmp_path)) == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["sdz9.8.mount.rowan", "sdz91.7.mount.rowan"]


@pytest.mark.media
@pytest.mark.machine
def test_it_is_unmounted_where_we_and_where_the_system_see_it(mounted: tuple[Stick, Path]) -> None:
    stick, where = mounted
    number = _block.sequence_of(stick.node)
    (where.parent / "released").mkdir()
    told = [str(where.parent / "released"), place(stick.node, number).line()]
    # It stands for the system's first process: a mount namespace that has the stick, too.
    apart = ("unshare", "--mount", "--propagation", "private", "--", "sh", "-c", "echo ready; exec cat")
    with subprocess.Popen(apart, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as system:
        assert system.stdout is not None
        assert system.stdin is not None
        assert system.stdout.readline() == b"ready\n"
        seen = Path(f"/proc/{system.pid}/mountinfo")
        assert _block.mounts(stick.node, seen)
        # In a process of its own, which it divides.
        subprocess.run([sys.executable, "-c", WITHDRAWS, str(system.pid), *told], check=True)
        assert not _block.mounts(stick.node, seen)
        assert not _block.mounts(stick.node)
        assert system.poll() is None
        system.stdin.close()
    assert not _block.is_busy(stick.node, number)
    assert _block.is_read_only(stick.node)


@pytest.mark.media
@pytest.mark.machine
def test_another_insertion_keeps_its_right_to_write_and_its_programs(mounted: tuple[Stick, Path]) -> None:
    stick, where = mounted
    number = _block.sequence_of(stick.node)
    _block.detach(str(where))
    wait_for(lambda: not _block.is_busy(stick.node, number), "the end of the file system")
    assert withdraw([place(stick.node, number + 1).line()], str(where)) == 0
    assert not _block.is_read_only(stick.node)


@pytest.mark.media
@pytest.mark.machine
def test_who_keeps_it_and_can_not_be_ended_is_told_by_its_exit(mounted: tuple[Stick, Path]) -> None:
    stick, where = mounted
    number = _block.sequence_of(stick.node)
    # A mount whose only holder is hidden from it: the descriptor is on its way through a socket.
    code = (
        "import os, socket, sys; a, b = socket.socketpair()\n"
        "f = os.open(sys.argv[1], os.O_RDONLY); socket.send_fds(a, [b'x'], [f]); os.close(f); os.chdir('/')\n"
        "print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(where / "essay.txt")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as hides:
        assert hides.stdout is not None
        assert hides.stdin is not None
        assert hides.stdout.readline() == b"ready\n"
        # A loop device can't be taken off the system; a stick would be.
        assert withdraw([place(stick.node, number).line()], str(where.parent)) == 1
        assert not _block.mounts(stick.node)
        assert _block.is_read_only(stick.node)
        hides.stdin.close()
    wait_for(lambda: not _block.is_busy(stick.node, number), "the end of the file system")
