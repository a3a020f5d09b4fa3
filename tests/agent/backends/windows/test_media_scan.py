"""A scan as Windows makes it, of real folders, with an engine that says what a test wants."""

import os
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lamplighter_agent.backends.windows.media_scan import WindowsScan
from lamplighter_agent.media.scan.engine import Readiness
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits, ScanOutcome, Verdict

NOW = time.time_ns() // 1_000_000
READY = Readiness(reason=Reason.CLEAN, engine="Microsoft Defender 1", signatures_at=NOW)


class Engine:
    """Fills `FolderEngine`."""

    def __init__(self) -> None:
        self.ready = READY
        self.then: Readiness | None = None
        self.says = Reason.CLEAN
        self.asked: list[str] = []

    def readiness(self) -> Readiness:
        ready, self.ready = self.ready, self.then or self.ready
        return ready

    def judge(self, folder: str, waits: Callable[[], None]) -> Reason:
        waits()
        self.asked.append(folder)
        return self.says


def scan(folder: Path, engine: Engine, *, known: str = "", limits: ScanLimits | None = None) -> ScanOutcome:
    order = Order(parent=1, folder=str(folder), clamd="", answers_within_s=0.0, known=known)
    order = replace(order, limits=limits or ScanLimits())
    return WindowsScan(order, lambda _f, _b: None, engine, lambda path: path.endswith("stream")).scanned()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "essay.docx").write_bytes(b"words" * 1000)
    (tmp_path / "a.txt").write_bytes(b"")
    return tmp_path


def test_clean_is_what_was_read_whole_and_found_clean(folder: Path) -> None:
    engine = Engine()
    outcome = scan(folder, engine)
    assert (outcome.verdict, outcome.files, outcome.bytes) == (Verdict.CLEAN, 2, 5000)
    assert (outcome.kinds, outcome.unscanned) == ({"document": 2}, 0)
    assert outcome.digest
    assert engine.asked == [str(folder)]


@pytest.mark.parametrize("says", [Reason.MALWARE, Reason.ENGINE_FAILED, Reason.ENGINE_HUNG])
def test_whatever_else_the_engine_says_is_not_clean(folder: Path, says: Reason) -> None:
    engine = Engine()
    engine.says = says
    outcome = scan(folder, engine)
    assert outcome.reason is says
    assert outcome.infected == (says is Reason.MALWARE)


@pytest.mark.parametrize(
    ("ready", "reason"),
    [
        (replace(READY, reason=Reason.ENGINE_MISSING), Reason.ENGINE_MISSING),
        (replace(READY, signatures_at=0), Reason.SIGNATURES_MISSING),
        (replace(READY, signatures_at=NOW - 30 * 86_400_000), Reason.SIGNATURES_STALE),
    ],
)
def test_an_engine_that_is_not_fit_is_not_asked(folder: Path, ready: Readiness, reason: Reason) -> None:
    engine = Engine()
    engine.ready = ready
    assert scan(folder, engine).reason is reason
    assert not engine.asked


def test_an_engine_that_changed_meanwhile_judged_nothing(folder: Path) -> None:
    engine = Engine()
    engine.then = replace(READY, engine="Microsoft Defender 2")
    assert scan(folder, engine).reason is Reason.ENGINE_FAILED


def test_what_did_not_change_is_not_judged_again(folder: Path) -> None:
    engine = Engine()
    digest = scan(folder, engine).digest
    again = scan(folder, engine, known=digest)
    assert (again.reason, again.digest, len(engine.asked)) == (Reason.UNCHANGED, digest, 1)
    (folder / "a.txt").write_bytes(b"more")
    assert scan(folder, engine, known=digest).reason is Reason.CLEAN
    assert len(engine.asked) == 2


def archive(path: Path, *, encrypted: bool = False, inner: bytes = b"twelve") -> None:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("essay.txt", inner)
    if encrypted:
        raw = bytearray(path.read_bytes())
        for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            raw[raw.index(mark) + at] |= 1
        path.write_bytes(raw)


def test_archives_are_looked_into_for_what_defender_does_not_tell(folder: Path) -> None:
    archive(folder / "plain.zip")
    assert scan(folder, Engine()).verdict is Verdict.CLEAN
    archive(folder / "locked.zip", encrypted=True)
    assert scan(folder, Engine()).reason is Reason.ENCRYPTED_CONTENT
    locked = (folder / "locked.zip").read_bytes()
    (folder / "locked.zip").unlink()
    archive(folder / "nested.zip", inner=locked)
    assert scan(folder, Engine()).reason is Reason.ENCRYPTED_CONTENT


@pytest.mark.parametrize("start", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01", b"MSCF\0\0\0\0"])
def test_archives_that_only_defender_opens_are_never_clean(folder: Path, start: bytes) -> None:
    (folder / "x.bin").write_bytes(start + bytes(40))
    engine = Engine()
    assert scan(folder, engine).reason is Reason.ARCHIVE_UNREADABLE
    assert not engine.asked


def test_links_pipes_and_further_streams_are_not_followed(folder: Path) -> None:
    (folder / "link").symlink_to("docs")
    assert scan(folder, Engine()).reason is Reason.LINK
    (folder / "link").unlink()
    os.mkfifo(folder / "pipe")
    assert scan(folder, Engine()).reason is Reason.NOT_A_FILE
    (folder / "pipe").unlink()
    (folder / "a.stream").write_bytes(b"x")
    assert scan(folder, Engine()).reason is Reason.NOT_A_FILE


def test_what_is_beyond_a_limit_is_not_clean(folder: Path) -> None:
    deep = folder
    for _ in range(6):
        deep /= "d"
        deep.mkdir()
    assert scan(folder, Engine(), limits=ScanLimits(deepest=3)).reason is Reason.TOO_DEEP
    assert scan(folder, Engine(), limits=ScanLimits(most_files=3)).reason is Reason.TOO_MANY
    assert scan(folder, Engine(), limits=ScanLimits(largest_bytes=4999)).reason is Reason.TOO_LARGE
    assert scan(folder, Engine(), limits=ScanLimits(largest_file_bytes=4999)).reason is Reason.TOO_LARGE
