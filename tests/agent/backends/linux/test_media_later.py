"""Files that are written to a released medium: only an explicit OK is clean, and malware is told apart."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.media_later import LaterFiles

from tests.support.clamav import EICAR, Clamd, running_clamd

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


def test_only_an_explicit_ok_is_clean_and_malware_is_told_once(clamd: Clamd, tmp_path: Path) -> None:
    later = LaterFiles(clamd.socket)
    try:
        assert checked(later, tmp_path, b"about lamps")
        assert not later.took_malware()
        assert not checked(later, tmp_path, EICAR)
        assert later.took_malware()
        assert not later.took_malware()
    finally:
        later.close()


@pytest.mark.fault
def test_without_clamd_nothing_opens_and_it_goes_on_when_clamd_is_back(clamd: Clamd, tmp_path: Path) -> None:
    later = LaterFiles(clamd.socket)
    try:
        assert checked(later, tmp_path, b"about lamps")
        clamd.stop()
        assert not checked(later, tmp_path, b"about lamps")
        assert not later.took_malware()
        clamd.start()
        assert checked(later, tmp_path, b"about lamps")
    finally:
        later.close()


@pytest.mark.fault
def test_a_clamd_that_hangs_is_not_clean(clamd: Clamd, tmp_path: Path) -> None:
    later = LaterFiles(clamd.socket, answers_within_s=0.2)
    clamd.pause()
    try:
        assert not checked(later, tmp_path, b"about lamps")
    finally:
        clamd.go_on()
        later.close()
