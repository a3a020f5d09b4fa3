"""What goes on record of portable media, and that the collector takes it, whatever a medium calls itself."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.backends.media_ports import Medium
from lamplighter_agent.detection import Detection, Speaker
from lamplighter_agent.media.faults import Fault
from lamplighter_agent.media.records import Request, finding_of, receipt_of, request_of
from lamplighter_agent.media.rules import UNAPPROVED, UNSCANNED, Decision, Reason, Scanned, Step
from lamplighter_agent.media.scan.outcome import ScanOutcome
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.ingest import detection as collected
from lamplighter_collector.ingest.mapping import item_from
from lamplighter_keywords.media.permission import Access
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.agent.media.samples import CLEAN, INFECTED, NOW, ORGANISATION
from tests.support.clock import SteppedClock
from tests.support.fakes.media import STICK

IDENTITY = "0b7f2009-e5ac-4390-a843-3f865fa4e42a"
PUPIL = Speaker(user="wren", kind=pb.USER_KIND_PUPIL, session=1)
REFUSED = Decision(step=Step.REFUSE, reason=Reason.NO_PERMISSION, theme=UNAPPROVED)
RELEASED = Decision(step=Step.RELEASE, reason=Reason.ALLOWED, access=Access.READ_WRITE, permission="p-1")


def found(medium: Medium = STICK, *, present: bool = True, speaker: Speaker | None = PUPIL) -> Detection:
    return finding_of(medium, REFUSED, speaker, SteppedClock(), present=present, route="udev")


def test_a_medium_without_permission_is_a_detection_of_the_person_signed_in() -> None:
    detection = found()
    assert (detection.theme, detection.severity) == ("unapproved-media", 2)
    assert (detection.user, detection.user_kind) == ("wren", pb.USER_KIND_PUPIL)
    assert detection.source == pb.SOURCE_PORTABLE_MEDIA
    assert detection.evidence is None


def test_a_technician_reads_what_kept_a_medium_from_being_checked() -> None:
    said = set()
    for fault in Fault:
        decision = Decision(step=Step.REFUSE, reason=Reason.INCOMPLETE, theme=UNSCANNED, fault=fault)
        made = finding_of(STICK, decision, PUPIL, SteppedClock(), present=True, route="udev")
        ((words, severity),) = made.addends
        assert severity == made.severity == 2
        said.add(words)
    assert len(said) == len(Fault)


def test_nobody_is_named_where_it_is_not_one_person() -> None:
    assert found(speaker=None).user == ""


def test_two_sticks_and_two_directions_are_four_terms() -> None:
    other = dataclasses.replace(STICK, serial="0043")
    terms = {found(medium, present=present).term for medium in (STICK, other) for present in (True, False)}
    assert len(terms) == 4


@pytest.mark.parametrize(("outcome", "decision"), [(CLEAN, RELEASED), (INFECTED, REFUSED)])
def test_a_receipt_says_what_was_found_and_with_what(outcome: ScanOutcome, decision: Decision) -> None:
    released = decision is RELEASED
    made = receipt_of(
        STICK,
        Scanned(outcome=outcome, at=NOW),
        decision,
        PUPIL,
        SteppedClock(),
        until=NOW + 1 if released else 0,
    )
    receipt = made.message(ORGANISATION).receipt
    assert made.source == pb.SOURCE_MEDIA_RECEIPT
    assert (receipt.files, receipt.bytes, dict(receipt.kinds)) == (3, 70, {"document": 3})
    assert receipt.engine == "ClamAV 1.4.6"
    assert receipt.signatures_at.ToMilliseconds() == outcome.signatures_at
    assert receipt.made_at.ToMilliseconds() == NOW
    assert receipt.HasField("expires_at") == released
    assert receipt.reason == ("" if released else "malware")


def test_no_two_receipts_are_repeats_of_one_another() -> None:
    scanned = Scanned(outcome=CLEAN, at=NOW)
    made = [receipt_of(STICK, scanned, RELEASED, None, SteppedClock(), until=0) for _ in range(2)]
    assert len({one.term for one in made}) == 2


def taken(made: Detection) -> object:
    message = made.message(ORGANISATION).SerializeToString()
    return item_from(message, DeviceName(organisation=ORGANISATION, device="AV-1", identity=IDENTITY))


@given(told=st.text(max_size=300), size=st.integers(0, 2**63 - 1), present=st.booleans())
def test_whatever_a_medium_calls_itself_the_collector_takes_it(told: str, size: int, present: bool) -> None:  # noqa: FBT001
    medium = Medium(key="k", bus="usb", vendor=told, model=told, serial=told, size_bytes=size)
    item = taken(found(medium, present=present))
    assert isinstance(item, collected.Detection)
    assert item.source is collected.Source.PORTABLE_MEDIA


def test_a_request_says_what_for_and_reaches_the_queue() -> None:
    made = request_of(STICK, Request(reason="homework", read_write=True), PUPIL, SteppedClock())
    request = made.message(ORGANISATION).request
    assert (made.source, made.theme) == (pb.SOURCE_MEDIA_REQUEST, UNAPPROVED)
    assert (request.reason, request.read_write) == ("homework", True)
    assert (request.medium.vendor, request.medium.name) == ("0951", "Example Stick")
