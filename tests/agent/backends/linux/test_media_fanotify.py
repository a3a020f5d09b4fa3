"""Files that are opened on a released medium, on a real file system and with real programs."""

import asyncio
import mmap
import os
import subprocess
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from lamplighter_agent.backends.linux import media_fanotify
from lamplighter_agent.backends.linux.media_fanotify import OpenGate
from lamplighter_agent.backends.linux.media_later import LaterFiles
from lamplighter_agent.errors import BackendUnavailable

from tests.support.archives import zip64
from tests.support.clamav import EICAR, running_clamd
from tests.support.sensed import aside, eventually
from tests.support.sticks import Stick

pytestmark = [pytest.mark.media, pytest.mark.machine]
BAD = b"this is not allowed here"


class Checker:
    """Finds `BAD`; counts what it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.refused = 0
        self.let_go = threading.Event()
        self.let_go.set()
        self.broken = False

    def __call__(self, descriptor: int) -> bool:
        self.asked += 1
        if self.broken:
            raise OSError(5, "the engine is gone")
        content = os.pread(descriptor, 1 << 20, 0)
        if b"slow" in content:
            self.let_go.wait(30)
        return BAD not in content

    def count_refused(self) -> None:
        self.refused += 1


@pytest.fixture
def place(mounted: tuple[Stick, Path]) -> Path:
    _, folder = mounted
    (folder / "good").write_bytes(b"about lamps")
    (folder / "bad").write_bytes(BAD)
    return folder


@pytest.fixture
def checker() -> Checker:
    return Checker()


@pytest_asyncio.fixture
async def gate(checker: Checker, place: Path) -> AsyncIterator[OpenGate]:
    opened = OpenGate(checker, refused=checker.count_refused)
    opened.start()
    opened.watch(str(place))
    yield opened
    await aside(opened.stop)


def read(path: Path) -> str:
    """Have another program read it: this one is never asked."""
    done = subprocess.run(["cat", str(path)], check=False, capture_output=True, text=True, timeout=60)
    return done.stdout if done.returncode == 0 else "refused" if "permitted" in done.stderr else done.stderr


def size_read(path: Path) -> int:
    done = subprocess.run(["cat", str(path)], check=False, capture_output=True, timeout=60)
    return len(done.stdout)


async def test_what_is_not_clean_does_not_open(gate: OpenGate, place: Path, checker: Checker) -> None:
    assert await aside(read, place / "good") == "about lamps"
    assert await aside(read, place / "bad") == "refused"
    await eventually(lambda: checker.refused == 1, "the refusal is told")


async def test_what_was_found_clean_opens_unasked_until_it_is_written_to(
    gate: OpenGate, place: Path, checker: Checker
) -> None:
    for _ in range(5):
        assert await aside(read, place / "good") == "about lamps"
    assert checker.asked == 1
    await aside(subprocess.run, ["sh", "-c", f"printf '%s' '{BAD.decode()}' >> {place}/good"])
    assert await aside(read, place / "good") == "refused"


async def test_an_archive_that_is_written_later_opens_only_where_a_scan_would_call_it_clean(
    place: Path, checker: Checker
) -> None:
    with running_clamd() as clamd:
        later = LaterFiles(clamd.socket)
        gate = OpenGate(later.check, refused=checker.count_refused)
        gate.start()
        gate.watch(str(place))
        try:
            # This process makes them, and the kernel asks nobody about what it opens.
            (place / "fine.zip").write_bytes(zip64(b"about lamps"))
            (place / "later.zip").write_bytes(zip64(EICAR))
            assert await aside(size_read, place / "fine.zip") == len(zip64(b"about lamps"))
            assert await aside(read, place / "later.zip") == "refused"
            await eventually(lambda: checker.refused == 1, "the refusal is told")
            assert later.took_malware()
        finally:
            await aside(gate.stop)
            await aside(later.close)


async def test_times_that_are_set_back_hide_no_change(gate: OpenGate, place: Path, checker: Checker) -> None:
    """As on file systems that know no time of change of their own."""
    assert await aside(read, place / "good") == "about lamps"
    script = (
        f"touch -r {place}/good {place}/before; printf '%s' '{BAD.decode()}' > {place}/good; "
        f"truncate -s 11 {place}/good; touch -r {place}/before {place}/good"
    )
    asked = checker.asked
    await aside(subprocess.run, ["sh", "-c", script])
    await aside(read, place / "good")
    assert checker.asked > asked


async def test_what_is_written_through_memory_is_checked_again(
    gate: OpenGate, place: Path, checker: Checker
) -> None:
    assert await aside(read, place / "good") == "about lamps"
    (place / "room").write_bytes(b" " * 4096)
    assert await aside(read, place / "room") == " " * 4096
    with (place / "room").open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[: len(BAD)] = BAD
    assert await aside(read, place / "room") == "refused"


async def test_a_new_file_and_another_mount_of_the_same_medium_are_asked_about(
    gate: OpenGate, place: Path, tmp_path: Path
) -> None:
    await aside(subprocess.run, ["cp", str(place / "good"), str(place / "copy")])
    assert await aside(read, place / "copy") == "about lamps"
    second = tmp_path / "second"
    second.mkdir()
    await aside(subprocess.run, ["mount", "--bind", str(place), str(second)])
    try:
        assert await aside(read, second / "bad") == "refused"
    finally:
        await aside(subprocess.run, ["umount", str(second)])


async def test_a_long_check_holds_up_nobody_who_needs_none(
    gate: OpenGate, place: Path, checker: Checker
) -> None:
    assert await aside(read, place / "good") == "about lamps"
    (place / "long").write_bytes(b"slow")
    checker.let_go.clear()
    waiting = asyncio.create_task(aside(read, place / "long"))
    await eventually(lambda: checker.asked == 2, "the long check")
    assert await aside(read, place / "good") == "about lamps"
    assert not waiting.done()
    checker.let_go.set()
    assert await waiting == "slow"


async def test_a_check_that_fails_is_a_refusal(gate: OpenGate, place: Path, checker: Checker) -> None:
    checker.broken = True
    assert await aside(read, place / "good") == "refused"
    checker.broken = False
    assert await aside(read, place / "good") == "about lamps"


async def test_only_so_many_are_remembered(
    gate: OpenGate, place: Path, checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_fanotify, "MOST_KNOWN", 2)
    for name in "abc":
        (place / name).write_bytes(b"x")
        assert await aside(read, place / name) == "x"
    asked = checker.asked
    assert await aside(read, place / "c") == "x"
    assert checker.asked == asked
    assert await aside(read, place / "a") == "x"
    assert checker.asked == asked + 1


async def test_a_killed_program_that_waited_changes_nothing(
    gate: OpenGate, place: Path, checker: Checker
) -> None:
    (place / "long").write_bytes(b"slow")
    checker.let_go.clear()
    waiting = await asyncio.create_subprocess_exec("cat", str(place / "long"))
    await eventually(lambda: checker.asked == 1, "the long check")
    waiting.kill()
    await waiting.wait()
    checker.let_go.set()
    assert await aside(read, place / "good") == "about lamps"


async def test_it_ends_and_begins_again(gate: OpenGate, place: Path) -> None:
    await aside(gate.stop)
    await aside(gate.stop)
    # As the documents say: without us the kernel asks nobody.
    assert await aside(read, place / "bad") == BAD.decode()
    gate.start()
    gate.start()
    gate.watch(str(place))
    assert await aside(read, place / "bad") == "refused"


async def test_a_place_that_is_not_there_is_named(gate: OpenGate, tmp_path: Path) -> None:
    with pytest.raises(BackendUnavailable, match="fanotify"):
        gate.watch(str(tmp_path / "none"))
