"""Portable media in plain sentences."""

from dataclasses import replace
from datetime import datetime

import pytest
from lamplighter_collector.media.loans import Due
from lamplighter_collector.media.stopped import Stopped
from lamplighter_collector.media.unlocking import UnlockCode
from lamplighter_collector.media.values import (
    LoanRecord,
    Named,
    PermissionRecord,
    ReceiptRecord,
    RequestRecord,
    Stage,
    Whom,
)
from lamplighter_collector.web import media_words as words
from lamplighter_collector.web.moments import time_words
from lamplighter_keywords.media.medium_id import MediumId
from lamplighter_keywords.media.permission import Access

NOW = 1_795_248_000_000
DAY = 86_400_000
STICK = Named(
    medium=MediumId(bus="usb", vendor="0951", product="1666", serial="60A44C3F"), name="Example Stick"
)
ASKED = RequestRecord(
    device="lap-17",
    id=b"x" * 16,
    what=STICK,
    person="wren",
    subject="s",
    user_kind=2,
    size_bytes=16_000_000_000,
    reason="photographs",
    read_write=False,
    asked_at=NOW,
    received_at=NOW,
    answered_at=None,
    answered_by="",
    permission="",
)
GIVEN = PermissionRecord(
    id="mp-1",
    what=STICK,
    whom=Whom(group="staff"),
    access=Access.READ_WRITE,
    needs_encryption=True,
    begins=NOW,
    ends=NOW + DAY,
    reason="Exams",
    issued_by="mason",
    issued_at=NOW,
    revoked_at=None,
    revoked_by="",
    subject="",
)
LENT = LoanRecord(
    id="ml-1",
    what=STICK,
    borrower="wren",
    encrypted=True,
    lent_at=NOW,
    due_at=NOW + 30 * DAY,
    lent_by="mason",
    returned_at=None,
    reminded=Stage.LENT,
)
SCANNED = ReceiptRecord(
    device="lap-17",
    id=b"x" * 16,
    what=STICK,
    size_bytes=1,
    tree_digest="",
    verdict=3,
    reason="rules-unfit",
    engine="ClamAV 1.4.6",
    signatures_at=NOW - DAY,
    made_at=NOW,
    expires_at=None,
    files=1,
    bytes=900,
    infected=0,
    unscanned=2,
    kinds={},
    permission="",
    access=0,
    received_at=NOW,
)


def test_a_request() -> None:
    line = words.request_line(ASKED, NOW)
    assert (line.person, line.kind, line.wants) == (
        "wren",
        "a member of staff's account",
        "to read, for photographs",
    )
    assert (line.medium, line.size, line.refusal) == ("Example Stick, serial 60A44C3F", "16 GB", "")
    other = words.request_line(replace(ASKED, reason="new-reason", person="", read_write=True), NOW)
    assert other.wants == "to read and write, for new reason"
    assert other.refusal.startswith("Nobody is named")
    nameless = replace(STICK, medium=replace(STICK.medium, serial=""))
    assert "no serial number" in words.request_line(replace(ASKED, what=nameless), NOW).refusal


def test_a_permission() -> None:
    line = words.permission_line(GIVEN, NOW)
    assert (line.whom, line.may) == ("every member of staff", "read and write, only if encrypted")
    assert words.permission_line(replace(GIVEN, whom=Whom(person="wren")), NOW).whom == "wren"
    assert words.permission_line(replace(GIVEN, whom=Whom()), NOW).whom == "an account that was erased"


def test_a_whole_id_stands_with_each_as_the_command_line_wants_it() -> None:
    lines = (
        words.request_line(ASKED, NOW),
        words.permission_line(GIVEN, NOW),
        words.loan_line(LENT, NOW),
        words.receipt_line(SCANNED, NOW),
    )
    assert {line.medium_id for line in lines} == {"usb:0951:1666:60A44C3F"}


def test_a_day_to_its_end_is_told_as_that_day() -> None:
    last = int(datetime(2026, 12, 31).astimezone().timestamp() * 1000) + DAY
    assert words.permission_line(replace(GIVEN, ends=last), NOW).until == "the end of 31 December 2026"
    assert "14:30" in words.permission_line(replace(GIVEN, ends=last - 34_200_000), NOW).until


def test_what_was_done_is_said_of_our_own_addresses_alone() -> None:
    said = words.done_message("revoked", "mp-0123456789")
    assert said is not None
    assert said.title == "Permission mp-0123456789 is revoked"
    assert "within seconds on every laptop that is on line" in said.line
    for deed, id_ in (("", ""), ("revoked", ""), ("revoked", "mp-0 and more"), ("praised", "mp-0123456789")):
        assert words.done_message(deed, id_) is None


def test_a_code_is_told_with_its_end() -> None:
    code = UnlockCode(device="lap-17", serial="60A44C3F", code="12345678", until=NOW)
    said = words.code_message(code)
    assert said.title == "The code for 60A44C3F on lap-17 is 1234 5678"
    assert f"until {time_words(NOW)}" in said.line


def test_a_problem_is_named_as_its_field_is() -> None:
    assert words.problem_words("serial", "it has none") == "Serial number: it has none"
    assert words.problem_words("asset tag", "unknown") == "Laptop: unknown"


def test_a_loan() -> None:
    line = words.loan_line(LENT, NOW)
    assert (line.medium, line.is_due) == ("Example Stick, serial 60A44C3F, encrypted", False)
    assert words.loan_line(LENT, NOW + 20 * DAY).is_due
    assert words.loan_line(LENT, NOW + 40 * DAY).due.startswith("was due on ")


@pytest.mark.parametrize(
    ("requests", "due", "said"),
    [
        (0, Due(count=0), ""),
        (1, Due(count=0), "Portable media: 1 request waits."),
        (2, Due(count=1, ids=("ml-1",)), "Portable media: 2 requests wait, 1 loan is or comes due (ml-1)."),
        (0, Due(count=3, ids=("ml-1", "ml-2")), "Portable media: 3 loans are or come due (ml-1, ml-2 ...)."),
    ],
)
def test_what_waits(requests: int, due: Due, said: str) -> None:
    assert words.waiting_words(requests, due) == said


def test_a_scan() -> None:
    line = words.receipt_line(SCANNED, NOW)
    assert (line.verdict, line.clean) == (
        "Not scanned to the end (the school's YARA rules can't be read)",
        False,
    )
    later = words.receipt_line(replace(SCANNED, reason="of-later"), NOW)
    assert later.verdict == "Not scanned to the end (of later)"
    assert line.counts == "1 file, 900 bytes, 2 not scanned"
    assert line.scanned_by.startswith("ClamAV 1.4.6, signatures of ")
    assert line.given == "not released"
    clean = words.receipt_line(replace(SCANNED, verdict=1, reason="", access=2), NOW)
    assert (clean.verdict, clean.given) == ("Clean", "released to read and write")


def test_what_a_laptop_told_of() -> None:
    told = Stopped(device="lap-17", theme="deceptive-device", severity=4, count=1, last_at=NOW)
    assert words.stopped_line(told, NOW).startswith("Deceptive device on lap-17, once, last at ")
    assert "2 times" in words.stopped_line(replace(told, count=2), NOW)


@pytest.mark.parametrize(
    ("requests", "said"),
    [
        (0, "Nobody is asking for portable media"),
        (1, "1 person is asking for portable media"),
        (3, "3 requests for portable media"),
    ],
)
def test_the_heading_says_what_waits(requests: int, said: str) -> None:
    assert words.heading(requests) == said
