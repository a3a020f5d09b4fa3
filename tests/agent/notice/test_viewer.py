"""A started program: its end is told and it is reaped; without us it lives on."""

import os
import signal
from pathlib import Path

import pytest
from lamplighter_agent.notice.viewer import Viewer

pytestmark = pytest.mark.notice


def runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert os.waitpid(pid, 0)[0] == pid


@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", -9)])
async def test_its_end_is_told_and_no_zombie_is_left(script: str, status: int) -> None:
    viewer = Viewer(["/bin/sh", "-c", script], {})
    assert await viewer.ended == status
    assert not runs(viewer.pid)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo a", b"a\n"),
        ("echo abc", b"abc\n"),
        ("printf %080d 0", b"0" * 64),
        ("echo a >&2", b""),
        ("exit 0", b""),
    ],
)
async def test_the_start_of_what_it_said_is_known_of_one_that_is_heard(script: str, said: bytes) -> None:
    open_before = descriptors()
    viewer = Viewer(["/bin/sh", "-c", script], {}, heard=True)
    await viewer.ended
    assert viewer.said == said
    deaf = Viewer(["/bin/sh", "-c", script], {})
    await deaf.ended
    assert not deaf.said
    with pytest.raises(FileNotFoundError):
        Viewer(["/no/such/program"], {}, heard=True)
    assert descriptors() == open_before


async def test_a_fed_one_reads_lines_and_one_that_is_over_is_no_fault(tmp_path: Path) -> None:
    open_before, read = descriptors(), tmp_path / "read"
    viewer = Viewer(["/bin/sh", "-c", f"read a; read b; echo $b$a > {read}"], {}, fed=True)
    viewer.feed("1")
    viewer.feed("2")
    await viewer.ended
    assert read.read_text() == "21\n"
    viewer.feed("3")
    assert descriptors() == open_before


async def test_it_sees_only_the_given_environment_and_no_terminal(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script = f"/usr/bin/env > {seen}; /bin/ls -l /proc/$$/fd >> {seen}"
    viewer = Viewer(["/bin/sh", "-c", script], {"ONLY": "this"})
    await viewer.ended
    text = seen.read_text()
    assert "ONLY=this" in text
    assert "HOME=" not in text
    assert "/dev/null" in text


async def test_what_is_left_lives_on() -> None:
    viewer = Viewer(["/bin/sleep", "60"], {})
    viewer.leave()
    assert viewer.ended.cancelled()
    assert os.getsid(viewer.pid) == viewer.pid
    end(viewer.pid)


async def test_a_program_that_is_not_there_is_an_error_of_the_system() -> None:
    with pytest.raises(FileNotFoundError):
        Viewer(["/no/such/program"], {})
