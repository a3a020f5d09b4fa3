"""Files that are written to a released medium: only an explicit OK is clean, and malware is told apart."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux._confined import MEMORY_BYTES
from lamplighter_agent.backends.linux.media_later import LaterFiles

from tests.support.archives import locked_zip, zip64
from tests.support.clamav import EICAR, Clamd, running_clamd
from tests.support.waiting import wait_for

pytestmark = pytest.mark.media


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    with running_clamd() as running:
        yield running


def checked(later: LaterFiles, folder: Path, content: bytes) -> bool:
    file = folder / "file"
    file.write_bytes(content)
    descriptor = os.open(file, os.O_RDONLY)
    try:
        return later.check(descriptor)
    finally:
        os.close(descriptor)


def children() -> list[int]:
    """Return the processes that judge for us."""
    told = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
    return [int(pid) for pid in told if b"later_process" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_only_an_explicit_ok_is_clean_and_malware_is_told_once(clamd: Clamd, tmp_path: Path) -> None:
    with closing(LaterFiles(clamd.socket)) as later:
        assert checked(later, tmp_path, b"about lamps")
        assert not later.took_malware()
        assert not checked(later, tmp_path, EICAR)
        assert later.took_malware()
        assert not later.took_malware()
    assert not children()


def test_archives_are_looked_into_as_a_scan_does(clamd: Clamd, tmp_path: Path) -> None:
    with closing(LaterFiles(clamd.socket)) as later:
        # ClamAV alone calls it clean.
        assert not checked(later, tmp_path, zip64(EICAR))
        assert later.took_malware()
        assert checked(later, tmp_path, zip64(b"about lamps"))
        assert not checked(later, tmp_path, locked_zip(b"about lamps"))
        assert not later.took_malware()
        assert len(children()) == 1


def test_a_school_s_own_rules_are_asked_as_in_a_scan(clamd: Clamd, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    rule = rules / "ours.yar"
    rule.write_text('rule Lumen { strings: $mark = "LUMEN_YARA_MARK" condition: $mark }', encoding="utf-8")
    with closing(LaterFiles(clamd.socket, rules=rules)) as later:
        assert checked(later, tmp_path, b"about lamps")
        assert not checked(later, tmp_path, b"a LUMEN_YARA_MARK b")
        assert later.took_malware()
    with closing(LaterFiles(clamd.socket)) as later:
        assert checked(later, tmp_path, b"a LUMEN_YARA_MARK b")
    rule.write_text("rule {", encoding="utf-8")
    with closing(LaterFiles(clamd.socket, rules=rules)) as later:
        assert not checked(later, tmp_path, b"about lamps")
        assert not later.took_malware()


def test_what_judges_has_no_rights_and_is_not_let_have_any(clamd: Clamd, tmp_path: Path) -> None:
    with closing(LaterFiles(clamd.socket)) as later:
        assert checked(later, tmp_path, b"about lamps")
        (child,) = children()
        about = dict(
            line.split(":\t", 1)
            for line in Path(f"/proc/{child}/status").read_text().splitlines()
            if ":\t" in line
        )
        assert int(about["CapPrm"], 16) == int(about["CapEff"], 16) == 0
        assert about["NoNewPrivs"] == "1"
        assert f"{MEMORY_BYTES}" in Path(f"/proc/{child}/limits").read_text()


def test_what_no_path_leads_to_any_more_is_judged_by_its_descriptor(clamd: Clamd, tmp_path: Path) -> None:
    with closing(LaterFiles(clamd.socket)) as later:
        file = tmp_path / "file"
        file.write_bytes(EICAR)
        descriptor = os.open(file, os.O_RDONLY)
        file.unlink()
        try:
            assert not later.check(descriptor)
        finally:
            os.close(descriptor)
        assert later.took_malware()


@pytest.mark.kill
def test_a_process_that_was_killed_is_started_once_more(clamd: Clamd, tmp_path: Path) -> None:
    with closing(LaterFiles(clamd.socket)) as later:
        assert checked(later, tmp_path, b"about lamps")
        (first,) = children()
        os.kill(first, signal.SIGKILL)
        assert checked(later, tmp_path, b"about lamps")
        (second,) = children()
        assert second != first
        os.kill(second, signal.SIGKILL)
        assert not checked(later, tmp_path, zip64(EICAR))
        assert later.took_malware()


@pytest.mark.fault
def test_a_process_that_is_silent_is_not_clean(clamd: Clamd, tmp_path: Path) -> None:
    with closing(LaterFiles(clamd.socket, whole_within_s=5.0)) as later:
        assert checked(later, tmp_path, b"about lamps")
        (child,) = children()
        os.kill(child, signal.SIGSTOP)
        wait_for(lambda: "T (stopped)" in Path(f"/proc/{child}/status").read_text(), "stopped")
        assert not checked(later, tmp_path, b"about lamps")
        assert not children()
        assert not later.took_malware()


@pytest.mark.fault
def test_without_clamd_nothing_opens_and_it_goes_on_when_clamd_is_back(clamd: Clamd, tmp_path: Path) -> None:
    with closing(LaterFiles(clamd.socket)) as later:
        assert checked(later, tmp_path, b"about lamps")
        clamd.stop()
        assert not checked(later, tmp_path, b"about lamps")
        assert not later.took_malware()
        clamd.start()
        assert checked(later, tmp_path, b"about lamps")


@pytest.mark.fault
def test_a_clamd_that_hangs_is_not_clean(clamd: Clamd, tmp_path: Path) -> None:
    with closing(LaterFiles(clamd.socket, answers_within_s=0.2)) as later:
        clamd.pause()
        try:
            assert not checked(later, tmp_path, b"about lamps")
        finally:
            clamd.go_on()
