"""An end is remembered, and what was stored can't be opened any more, nor a copy of it."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.enrolment import contact, ending
from lamplighter_agent.enrolment.ending import Ended, Stored
from lamplighter_agent.spool.entry import SpoolSettings, StoredDetection
from lamplighter_agent.spool.sealer import Sealer
from lamplighter_agent.spool.spool import Spool

from tests.support.clock import MORNING, SteppedClock

ENDED = Ended(reason="device-revoked", at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
SETTINGS = SpoolSettings(organisation="Alder Vale School")


def stored_in(state: Path) -> Stored:
    state.mkdir(exist_ok=True)
    return Stored(
        state=state,
        spool=state / "spool",
        bundles=state / "bundles",
        media=state / "media",
        counts=state / "context.json",
        keys=FileKeyStore(state / "keys"),
    )


def opened(folder: Path, keys: FileKeyStore) -> Spool:
    return Spool.open(folder, sealer=Sealer.from_store(keys), clock=SteppedClock(), settings=SETTINGS)


def filled(stored: Stored) -> None:
    """Keep one detection, closed as at the end of the service."""
    assert isinstance(stored.keys, FileKeyStore)
    spool = opened(stored.spool, stored.keys)
    detection = StoredDetection(
        id=b"0123456789abcdef",
        user="pupil07",
        term="sh-1",
        severity=4,
        observed_at=MORNING,
        payload=b"zebra lantern",
    )
    assert spool.append(detection)
    spool.close()
    stored.bundles.mkdir(exist_ok=True)
    (stored.bundles / "current").write_bytes(b"sealed")
    stored.media.mkdir(exist_ok=True)
    (stored.media / "register").write_bytes(b"sealed")
    stored.counts.write_text("{}")


def live_records(folder: Path, keys: FileKeyStore) -> int:
    spool = opened(folder, keys)
    try:
        return spool.figures().live_records
    finally:
        spool.close()


def test_an_end_outlives_a_restart_and_a_new_enrolment_takes_it_away(tmp_path: Path) -> None:
    stored = stored_in(tmp_path)
    assert ending.read(tmp_path) is None
    ending.end(stored, ENDED)
    assert ending.read(tmp_path) == ENDED
    assert "revoked" in ENDED.words
    ending.forget(tmp_path)
    assert ending.read(tmp_path) is None
    assert not (tmp_path / contact.NAME).exists()


def test_a_copy_of_the_segments_can_t_be_opened_with_what_is_left(tmp_path: Path) -> None:
    stored = stored_in(tmp_path / "state")
    filled(stored)
    copy, whole = tmp_path / "copy", tmp_path / "whole"
    shutil.copytree(stored.spool, copy)
    shutil.copytree(stored.state, whole)
    # The control: with the key the copy opens.
    assert live_records(whole / "spool", FileKeyStore(whole / "keys")) == 1
    ending.end(stored, ENDED)
    ending.erase(stored)
    assert not stored.spool.exists()
    assert not stored.bundles.exists()
    assert not stored.counts.exists()
    assert not (stored.state / "keys" / "device.key").exists()
    assert live_records(copy, FileKeyStore(stored.state / "keys")) == 0


def test_the_key_is_gone_before_the_spool_is_closed(tmp_path: Path) -> None:
    stored = stored_in(tmp_path)
    filled(stored)
    ending.end(stored, ENDED)
    assert stored.spool.exists()
    assert not (tmp_path / "keys" / "device.key").exists()


def test_erasing_twice_or_nothing_is_fine(tmp_path: Path) -> None:
    stored = stored_in(tmp_path)
    ending.erase(stored)
    filled(stored)
    ending.erase(stored)
    ending.erase(stored)
    assert not stored.spool.exists()


@pytest.mark.fault
def test_a_note_that_can_t_be_written_does_not_save_the_key(tmp_path: Path) -> None:
    stored = stored_in(tmp_path)
    filled(stored)
    (tmp_path / ".ended.json.new").mkdir()
    with pytest.raises(OSError, match="directory"):
        ending.end(stored, ENDED)
    assert not (tmp_path / "keys" / "device.key").exists()


@pytest.mark.fault
@pytest.mark.parametrize("content", ["", "{", "[]", "{}", json.dumps({"reason": "x", "at": 3})])
def test_a_file_that_can_t_be_understood_is_an_end(tmp_path: Path, content: str) -> None:
    (tmp_path / ending.NAME).write_text(content)
    found = ending.read(tmp_path)
    assert found is not None
    assert found.reason == ending.UNREADABLE
    assert "can't be read" in found.words
