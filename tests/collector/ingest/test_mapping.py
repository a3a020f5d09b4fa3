from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_collector.errors import Refused
from lamplighter_collector.ingest.detection import (
    Answer,
    Detection,
    Identity,
    Item,
    Loss,
    Place,
    Source,
    UserKind,
)
from lamplighter_collector.ingest.mapping import MOST_LOST, item_from
from lamplighter_protos.v1 import detection_pb2

from tests.collector.items import LAPTOP
from tests.support.collector import answer, detection, loss, said

ORIGIN = LAPTOP
Evidence = detection_pb2.Evidence
Notice = detection_pb2.LossNotice
FULL = Notice.REASON_DISK_FULL
AT = Timestamp(seconds=1_795_248_000)


def mapped(message: detection_pb2.Detection) -> Item | Loss:
    return item_from(message.SerializeToString(), ORIGIN)


def test_sound_detection_is_taken_over_field_by_field() -> None:
    item = mapped(detection(id=b"0123456789abcdef", repeats=2, utc_offset_minutes=60))
    assert isinstance(item, Detection)
    assert item.origin == ORIGIN
    assert item.id == b"0123456789abcdef"
    assert (item.user, item.user_kind, item.source) == ("pupil07", UserKind.PUPIL, Source.TYPED)
    assert item.evidence.matched == "zebra lantern"
    assert item.addends == (("term", 4),)
    assert item.observed_at_ms == 1_795_248_000_000
    assert (item.utc_offset_minutes, item.weight) == (60, 3)


@pytest.mark.parametrize(
    ("sent", "identity"),
    [(0, Identity.NOT_TOLD), (2, Identity.SHARED), (5, Identity.UNKNOWN), (77, Identity.UNKNOWN)],
)
def test_how_sure_it_is_who_it_was_is_taken_over(sent: int, identity: Identity) -> None:
    item = mapped(detection(identity=sent))
    assert isinstance(item, Detection)
    assert item.identity is identity


@pytest.mark.parametrize(
    ("sent", "place"), [(0, Place.NOT_TOLD), (1, Place.ON_SITE), (2, Place.AWAY), (77, Place.NOT_TOLD)]
)
def test_where_the_device_was_is_taken_over(sent: int, place: Place) -> None:
    item = mapped(detection(place=sent))
    assert isinstance(item, Detection)
    assert item.place is place


def test_a_count_of_context_says_nothing_of_who_it_was_or_where() -> None:
    item = mapped(detection(identity=2, place=2, severity=1))
    assert isinstance(item, Detection)
    assert (item.identity, item.place) == (Identity.NOT_TOLD, Place.NOT_TOLD)


POISON: list[tuple[str, dict[str, Any], str]] = [
    ("no id", {"id": b""}, "the id is not 16 bytes"),
    ("short id", {"id": b"x" * 15}, "the id is not 16 bytes"),
    ("long id", {"id": b"x" * 17}, "the id is not 16 bytes"),
    ("another organisation", {"organisation": "Elsewhere"}, "the organisation is not the certificate's"),
    ("no organisation", {"organisation": ""}, "the organisation is not the certificate's"),
    ("severity 0", {"severity": 0}, "the severity is out of range"),
    ("severity 6", {"severity": 6}, "the severity is out of range"),
    ("NUL in a name", {"user": "a\0b"}, "a text holds NUL"),
    ("NUL in the words", {"evidence": Evidence(matched="a\0b")}, "a text holds NUL"),
    ("long name", {"application": "x" * 257}, "a name is too long"),
    ("theme with spaces", {"theme": "my private thought"}, "the theme is not a slug"),
    ("no theme", {"theme": ""}, "the theme is not a slug"),
    ("term with spaces", {"term": "my private thought"}, "the term is not an id"),
    ("no source", {"source": 0}, "the source is unknown"),
    ("unknown source", {"source": 77}, "the source is unknown"),
    ("loss as a source", {"source": detection_pb2.SOURCE_LOSS}, "the source is unknown"),
    ("unknown kind of user", {"user_kind": 9}, "the kind of user is unknown"),
    ("no time", {"observed_at": Timestamp()}, "a time is missing or absurd"),
    ("year 1970", {"observed_at": Timestamp(seconds=1)}, "a time is missing or absurd"),
    ("year 2300", {"observed_at": Timestamp(seconds=10_413_792_000)}, "a time is missing or absurd"),
    ("nanoseconds", {"observed_at": Timestamp(seconds=AT.seconds, nanos=-1)}, "a time is missing or absurd"),
    ("offset", {"utc_offset_minutes": 841}, "the offset from UTC is out of range"),
    ("no words", {"evidence": Evidence(before="x")}, "the evidence has no words or too many"),
    ("many words", {"evidence": Evidence(matched="x" * 513)}, "the evidence has no words or too many"),
    (
        "41 characters before",
        {"evidence": Evidence(before="x" * 41, matched="y")},
        "the evidence holds more than 40 characters beside the words",
    ),
    (
        "41 characters after",
        {"evidence": Evidence(after="x" * 41, matched="y")},
        "the evidence holds more than 40 characters beside the words",
    ),
    (
        "addend of two lines",
        {"addends": [detection_pb2.Addend(reason="a\nb", value=1)]},
        "an addend of the severity is out of range",
    ),
    (
        "33 addends",
        {"addends": [detection_pb2.Addend(reason="a", value=1)] * 33},
        "the severity has too many addends",
    ),
]


@pytest.mark.parametrize(
    ("changes", "reason"), [case[1:] for case in POISON], ids=[case[0] for case in POISON]
)
def test_poison_is_refused_with_a_fixed_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        mapped(detection(**changes))
    assert refusal.value.reason == reason


LOST: list[tuple[str, dict[str, Any], str]] = [
    ("severity", {"severity": 3}, "a loss notice has a severity"),
    ("text", {"evidence": Evidence(matched="x")}, "a loss notice has text"),
    ("no count", {"loss": Notice(reason=FULL, first=AT, last=AT)}, "the count of the loss is out of range"),
    (
        "huge count",
        {"loss": Notice(reason=FULL, count=MOST_LOST + 1)},
        "the count of the loss is out of range",
    ),
    ("no time", {"loss": Notice(reason=FULL, count=1)}, "a time is missing or absurd"),
]


@pytest.mark.parametrize(("changes", "reason"), [case[1:] for case in LOST], ids=[case[0] for case in LOST])
def test_unsound_loss_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        mapped(loss(**changes))
    assert refusal.value.reason == reason


@pytest.mark.parametrize("reason", [0, 99])
def test_a_loss_for_a_reason_we_do_not_know_still_counts(reason: Any) -> None:
    item = mapped(loss(loss=Notice(reason=reason, count=7, first=AT, last=AT)))
    assert isinstance(item, Loss)
    assert (item.reason, item.count) == (Notice.REASON_UNSPECIFIED, 7)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\xff\xff", id="not a message"),
        pytest.param(b"", id="empty"),
        pytest.param(detection().SerializeToString()[:-1], id="cut"),
        pytest.param(b"\x1a\x02\xff\xfe" + detection().SerializeToString(), id="broken UTF-8"),
        pytest.param(b"\x1a\x03\xed\xa0\x80" + detection().SerializeToString(), id="lone surrogate"),
    ],
)
def test_bytes_that_are_no_detection_are_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        item_from(raw, ORIGIN)


def test_refusal_never_quotes_the_item() -> None:
    with pytest.raises(Refused) as refusal:
        mapped(detection(theme="zebra lantern"))
    assert "zebra" not in repr(refusal.value)
    assert refusal.value.__cause__ is None


def test_context_only_keeps_nothing_of_the_person() -> None:
    item = mapped(detection(severity=1, repeats=7))
    assert isinstance(item, Detection)
    assert (item.user, item.application, item.term, item.evidence.matched, item.addends) == (
        "",
        "",
        "",
        "",
        (),
    )
    assert item.weight == 8


@pytest.mark.parametrize(
    ("evidence", "repeats", "weight"), [(True, 0, 1), (True, 4, 5), (False, 4, 4), (False, 0, 1)]
)
def test_weight_counts_the_words_once_and_each_repeat(*, evidence: bool, repeats: int, weight: int) -> None:
    message = detection(repeats=repeats)
    if not evidence:
        message.ClearField("evidence")
    item = mapped(message)
    assert isinstance(item, Detection)
    assert item.weight == weight


def test_a_clock_ten_years_off_is_no_ground_for_refusal() -> None:
    item = mapped(detection(observed_at=Timestamp(seconds=AT.seconds + 10 * 31_557_600)))
    assert isinstance(item, Detection)


def test_loss_is_taken_over_and_its_times_put_in_order() -> None:
    notice = Notice(reason=Notice.REASON_DISK_FULL, count=3, first=Timestamp(seconds=AT.seconds + 9), last=AT)
    item = mapped(loss(loss=notice))
    assert isinstance(item, Loss)
    assert (item.reason, item.count) == (Notice.REASON_DISK_FULL, 3)
    assert item.first_at_ms < item.last_at_ms


def test_text_of_a_person_is_in_no_repr() -> None:
    item = mapped(detection(user="wren.halloran", application="zebra app"))
    assert "zebra" not in repr(item)
    assert "wren" not in repr(item)


def test_words_of_a_licensed_list_are_not_taken_over() -> None:
    item = mapped(detection(lane="licensed", term="partner-1:12"))
    assert isinstance(item, Detection)
    assert (item.term, item.lane, item.weight) == ("partner-1:12", "licensed", 1)
    assert not item.evidence.matched + item.evidence.before + item.evidence.after


def test_an_answer_to_the_notice_is_taken_over_field_by_field() -> None:
    item = mapped(answer())
    assert isinstance(item, Answer)
    assert (item.user, item.user_kind, item.accepted) == ("pupil07", UserKind.PUPIL, True)
    assert (item.version, item.policy) == ("1", "ab12")
    assert (item.language, item.reading_age) == ("cy", "7-11")
    assert item.answered_at_ms == 1_795_248_000_000


UNSOUND: list[tuple[str, dict[str, Any], str]] = [
    ("severity", {"severity": 3}, "an answer to the notice has more than an answer"),
    ("theme", {"theme": "bullying"}, "an answer to the notice has more than an answer"),
    ("words", {"evidence": Evidence(matched="x")}, "an answer to the notice has more than an answer"),
    ("nobody", {"user": ""}, "nobody answered the notice"),
    ("no answer", {"answer": None}, "an answer to the notice is missing"),
    ("text", {"answer": said(language="a b")}, "an answer to the notice is not sound"),
    ("no version", {"answer": said(version="")}, "an answer to the notice is not sound"),
]


@pytest.mark.parametrize(
    ("changes", "reason"), [case[1:] for case in UNSOUND], ids=[case[0] for case in UNSOUND]
)
def test_an_unsound_answer_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        mapped(answer(**changes))
    assert refusal.value.reason == reason


@pytest.mark.parametrize("source", [Source.HELP_BUTTON, Source.PORTABLE_MEDIA])
def test_a_detection_without_words_is_taken(source: Source) -> None:
    message = detection(source=source.value)
    message.ClearField("evidence")
    item = mapped(message)
    assert isinstance(item, Detection)
    assert (item.source, item.weight) == (source, 1)
