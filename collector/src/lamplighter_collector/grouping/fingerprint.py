"""Which incident a detection belongs to: a pure, dated rule that can explain itself.

One incident is: one audience, one account on one device, one theme, one severity, one stretch of the device's
wall clock. The stretch is fixed (a calendar day for severity 4 and 5 and for portable media, 60 minutes for
3, 15 minutes for 2), so
the answer depends on the detection alone and never on what came before it: any order, batching or replay
gives the same incidents.

- Severity is part of the key, so a rise always opens an incident of its own.
- The account counts together with its device. ``pupil`` on two laptops may be two children, and two
  children's concerns in one incident do harm; one child's in two incidents do not.
- The audience is part of the key, so that nothing about a member of staff can join what the DSL reads.

A changed rule gets a new date, and incidents of the old one stay as they are.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from lamplighter_collector.ingest.detection import Detection

VERSION: Final = "2026-11-21"
LOWEST_SEVERITY: Final = 2
_ID_BYTES: Final = 10
_MINUTE_MS: Final = 60_000
_DAY_MINUTES: Final = 24 * 60
_BUCKET_MINUTES: Final = {2: 15, 3: 60, 4: _DAY_MINUTES, 5: _DAY_MINUTES}
# A stick that goes in at nine and out at three is one thing to look at.
MEDIA_THEMES: Final = frozenset({"unapproved-media", "unscanned-media", "malware-media", "deceptive-device"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Audience(StrEnum):
    """Who may read an incident: concerns about staff go to the head, the head's own to the chair."""

    DSL = "dsl"
    HEAD = "head"
    CHAIR = "chair"


class Fingerprint(NamedTuple):
    """The grouping key of one detection. Equal keys are the same incident."""

    audience: Audience
    device: str
    subject: str
    theme: str
    severity: int
    bucket: int

    @property
    def incident_id(self) -> str:
        """The start of its stretch and 80 bits of a hash of the rule's date and the key.

        So no table needs to be asked which incident it is, and those of one day lie beside each other on
        disk.
        """
        key = "\0".join((VERSION, *map(str, self))).encode()
        start = self.bucket * _stretch_minutes(self.theme, self.severity)
        return f"{start:07x}{hashlib.blake2b(key, digest_size=_ID_BYTES).hexdigest()}"

    def __repr__(self) -> str:
        """Short: it is all in the id."""
        return f"Fingerprint({self.incident_id})"


def fingerprint_of(detection: Detection, *, subject: str, audience: Audience) -> Fingerprint | None:
    """The incident of this detection, or None for severity 1, which is counted and never an incident.

    Args:
        detection: what the device delivered.
        subject: the pseudonym of its account name.
        audience: who may read it, as `grouping.routing` says.
    """
    if detection.severity < LOWEST_SEVERITY:
        return None
    minutes = _stretch_minutes(detection.theme, detection.severity)
    return Fingerprint(
        audience=audience,
        device=detection.origin.device,
        subject=subject,
        theme=detection.theme,
        severity=detection.severity,
        bucket=wall_minutes(detection) // minutes,
    )


def _stretch_minutes(theme: str, severity: int) -> int:
    return _DAY_MINUTES if theme in MEDIA_THEMES else _BUCKET_MINUTES[severity]


def wall_minutes(detection: Detection) -> int:
    """Minutes since 1970 on the clock that the user saw."""
    return detection.observed_at_ms // _MINUTE_MS + detection.utc_offset_minutes


def wall_day(detection: Detection) -> str:
    """The calendar day that the user saw, as 2026-11-21."""
    return (_EPOCH + timedelta(minutes=wall_minutes(detection))).date().isoformat()


def explain(theme: str, severity: int, *, observed_at_ms: int, utc_offset_minutes: int) -> str:
    """Why sightings stand together, for a reader of one of them."""
    minutes = _stretch_minutes(theme, severity)
    wall = observed_at_ms // _MINUTE_MS + utc_offset_minutes
    start = _EPOCH + timedelta(minutes=wall // minutes * minutes)
    day = f"on {start.day} {start:%B %Y}"
    if minutes < _DAY_MINUTES:
        day = f"between {start:%H:%M} and {start + timedelta(minutes=minutes):%H:%M} {day}"
    return (
        f"These sightings stand together because they are of one theme at severity {severity}, by one "
        f"account on one device, {day} by the device's clock (rule of {VERSION})."
    )
