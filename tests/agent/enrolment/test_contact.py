"""The last contact outlives a restart, a full disk and a damaged file."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lamplighter_agent.enrolment import contact
from lamplighter_agent.enrolment.contact import ContactFile
from lamplighter_agent.enrolment.silence import Contact

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)


def test_a_contact_outlives_a_restart(tmp_path: Path) -> None:
    ContactFile(tmp_path, otherwise=NOW).heard(LATER)
    assert ContactFile(tmp_path, otherwise=NOW).contact == Contact(at=LATER)


def test_many_contacts_are_one_write_an_hour(tmp_path: Path) -> None:
    file = ContactFile(tmp_path, otherwise=NOW)
    file.heard(LATER)
    before = (tmp_path / contact.NAME).stat().st_mtime_ns
    for minute in range(59):
        file.heard(LATER + timedelta(minutes=minute))
    assert (tmp_path / contact.NAME).stat().st_mtime_ns == before
    assert file.contact.at == LATER + timedelta(minutes=58)


def test_running_time_is_kept_and_a_contact_takes_it_back(tmp_path: Path) -> None:
    file = ContactFile(tmp_path, otherwise=NOW)
    file.becomes(Contact(at=NOW, silent_seconds=600))
    again = ContactFile(tmp_path, otherwise=LATER)
    assert again.contact == Contact(at=NOW, silent_seconds=600)
    again.heard(NOW + timedelta(minutes=1))
    assert ContactFile(tmp_path, otherwise=LATER).contact.silent_seconds == 0


@pytest.mark.fault
@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        json.dumps({"at": "yesterday", "silent_seconds": 0}),
        json.dumps({"at": "2026-11-21T09:00:00", "silent_seconds": 0}),
        json.dumps({"at": NOW.isoformat(), "silent_seconds": -1}),
        json.dumps({"at": NOW.isoformat(), "silent_seconds": float("inf")}),
        json.dumps({"at": NOW.isoformat()}),
    ],
)
def test_a_damaged_file_counts_as_the_time_of_the_identity(tmp_path: Path, content: str) -> None:
    (tmp_path / contact.NAME).write_text(content)
    assert ContactFile(tmp_path, otherwise=LATER).contact == Contact(at=LATER)


@pytest.mark.fault
def test_what_could_not_be_written_is_tried_at_the_next_contact(tmp_path: Path) -> None:
    state = tmp_path / "state"
    file = ContactFile(state, otherwise=NOW)
    file.heard(LATER)
    state.mkdir()
    file.heard(LATER + timedelta(seconds=1))
    assert ContactFile(state, otherwise=NOW).contact.at == LATER + timedelta(seconds=1)


def test_a_new_enrolment_forgets_it(tmp_path: Path) -> None:
    ContactFile(tmp_path, otherwise=NOW).heard(LATER)
    contact.forget(tmp_path)
    contact.forget(tmp_path)
    assert ContactFile(tmp_path, otherwise=NOW).contact.at == NOW
