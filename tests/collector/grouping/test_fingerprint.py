from dataclasses import replace
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_collector.grouping.fingerprint import (
    Audience,
    Fingerprint,
    explain,
    fingerprint_of,
    wall_day,
)
from lamplighter_collector.grouping.routing import Routes
from lamplighter_collector.ingest.detection import Detection
from lamplighter_collector.ingest.mapping import item_from
from lamplighter_protos.v1 import detection_pb2

from tests.collector.items import LAPTOP
from tests.support.collector import detection

EIGHT = 1_795_248_000  # 21 November 2026, 08:00 UTC


def made(*, at: int = EIGHT, device: str = "lap-17", **changes: Any) -> Detection:
    origin = replace(LAPTOP, device=device)
    message = detection(observed_at=Timestamp(seconds=at), **changes)
    item = item_from(message.SerializeToString(), origin)
    assert isinstance(item, Detection)
    return item


def key(**changes: Any) -> Fingerprint:
    item = made(**changes)
    audience = Routes().audience(item.user_kind, item.user)
    fingerprint = fingerprint_of(item, subject=f"pseudonym of {item.user}", audience=audience)
    assert fingerprint is not None
    return fingerprint


@pytest.mark.parametrize(
    ("severity", "minutes"),
    [(5, 24 * 60), (4, 24 * 60), (3, 60), (2, 15)],
)
def test_stretch_by_severity(severity: int, minutes: int) -> None:
    begin = EIGHT if minutes < 24 * 60 else EIGHT - 8 * 3600
    last = begin + minutes * 60 - 1
    assert key(severity=severity, at=begin) == key(severity=severity, at=last)
    assert key(severity=severity, at=begin) != key(severity=severity, at=last + 1)
    assert key(severity=severity, at=begin) != key(severity=severity, at=begin - 1)


def test_stretch_goes_by_the_wall_clock_of_the_device() -> None:
    late = EIGHT + 15 * 3600 + 1800  # 23:30 UTC
    assert key(at=late) == key(at=EIGHT)
    assert key(at=late, utc_offset_minutes=60) != key(at=EIGHT, utc_offset_minutes=60)
    assert wall_day(made(at=late, utc_offset_minutes=60)) == "2026-11-22"


@pytest.mark.parametrize(
    "change",
    [
        {"severity": 5},
        {"theme": "suicide"},
        {"user": "pupil08"},
        {"device": "lap-18"},
        {"user_kind": detection_pb2.USER_KIND_STAFF},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_makes_another_incident(change: dict[str, Any]) -> None:
    assert key(**change).incident_id != key().incident_id


@pytest.mark.parametrize(
    "change",
    [{"term": "sh-0099"}, {"application": "Chromium"}, {"repeats": 5}],
    ids=lambda change: next(iter(change)),
)
def test_what_does_not(change: dict[str, Any]) -> None:
    assert key(**change).incident_id == key().incident_id


def test_severity_1_is_never_an_incident() -> None:
    assert fingerprint_of(made(severity=1), subject="", audience=Audience.DSL) is None


def test_staff_never_join_what_the_dsl_reads() -> None:
    assert key(user_kind=detection_pb2.USER_KIND_STAFF).audience is Audience.HEAD
    assert key(user_kind=detection_pb2.USER_KIND_PUPIL).audience is Audience.DSL
    assert key(user_kind=detection_pb2.USER_KIND_UNSPECIFIED).audience is Audience.DSL


def test_id_is_stable_and_names_nobody() -> None:
    assert key(user="wren").incident_id == key(user="wren").incident_id
    assert "wren" not in repr(key(user="wren"))


def test_explanation_names_the_stretch_and_the_rule() -> None:
    day = explained("self-harm", 4)
    assert "on 21 November 2026" in day
    assert "rule of 2026-11-21" in day
    assert "between 08:00 and 08:15" in explained("self-harm", 2)
    assert "between 09:00 and 10:00" in explained("self-harm", 3, utc_offset_minutes=60)


def explained(theme: str, severity: int, *, utc_offset_minutes: int = 0) -> str:
    return explain(theme, severity, observed_at_ms=EIGHT * 1000, utc_offset_minutes=utc_offset_minutes)


def test_portable_media_of_a_day_is_one_incident() -> None:
    morning, afternoon = (
        key(
            source=detection_pb2.SOURCE_PORTABLE_MEDIA,
            theme="unapproved-media",
            severity=2,
            at=EIGHT + hours * 3600,
        )
        for hours in (1, 7)
    )
    assert morning == afternoon
    assert "on 21 November 2026 by" in explained("unapproved-media", 2)
