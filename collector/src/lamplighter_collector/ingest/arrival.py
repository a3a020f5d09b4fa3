"""An item made ready for the store, on the loop: so that the writer thread does little but write.

Rows are tuples in the order of their table's columns; what is made for each item is a `NamedTuple` and no
dataclass because there are hundreds per batch. Their values are exactly int, str or bytearray: anything else,
an enum, a bool or bytes, the driver looks up in its adapters, at four times the cost and under Python's lock.
"""

import json
from functools import lru_cache
from typing import Final, NamedTuple

from lamplighter_collector.db.driver import Row
from lamplighter_collector.grouping.fingerprint import Fingerprint, fingerprint_of, wall_day
from lamplighter_collector.grouping.routing import Routes
from lamplighter_collector.ingest.detection import Answer, Detection, Item, Loss, Medium, Receipt, Request
from lamplighter_collector.ingest.privacy import Privacy

_BY_DEVICE: Final = Routes()
"""By what the device says alone; `signposts` knows more when the item is stored."""
Key = tuple[str, str, bytes]
"""Organisation, device, id: what makes an item itself."""


class Placement(NamedTuple):
    """The incident that a detection belongs to."""

    incident: str
    fingerprint: Fingerprint
    user_kind: int
    observed_at_ms: int
    weight: int

    def __repr__(self) -> str:
        """Short: it is all in the id."""
        return f"Placement({self.incident})"


class Counted(NamedTuple):
    """The day and theme in which a detection of severity 1 is only counted."""

    day: str
    theme: str
    weight: int


class Answered(NamedTuple):
    """An answer to the notice: kept beside the detections, counted nowhere."""

    accepted: int


class Scanned(NamedTuple):
    """A scan receipt: kept beside the detections, counted nowhere."""

    verdict: int


class Arrival(NamedTuple):
    """One item: its key, its row, where it counts, the row of whom it is about, and what it asks for."""

    key: Key
    row: Row
    place: Placement | Counted | Answered | Scanned | None
    subject: Row | None
    request: Row | None = None

    def __repr__(self) -> str:
        return f"Arrival({self.key[1]}, {self.key[2].hex()})"


def arrival_of(item: Item | Loss, now_ms: int, privacy: Privacy) -> Arrival:
    """``place`` is None for a loss. From here on there are pseudonyms and sealed words only."""
    key = (item.origin.organisation, item.origin.device, item.id)
    if isinstance(item, Loss):
        return Arrival(key, _loss_row(item, now_ms), None, None)
    subject = privacy.subject_of(item.user)
    if isinstance(item, Answer):
        row = _answer_row(item, subject, now_ms)
        return Arrival(key, row, Answered(int(item.accepted)), privacy.introduction(item, subject, now_ms))
    if isinstance(item, Receipt):
        row = _receipt_row(item, subject, now_ms)
        return Arrival(key, row, Scanned(item.verdict), privacy.introduction(item, subject, now_ms))
    if isinstance(item, Request):
        seen = arrival_of(item.detection, now_ms, privacy)
        return seen._replace(request=_request_row(item, subject, now_ms))
    place = _place_of(item, subject)
    row = _detection_row(item, place, subject, privacy.sealed(item.evidence, subject), now_ms)
    return Arrival(key, row, place, privacy.introduction(item, subject, now_ms))


def _place_of(item: Detection, subject: str) -> Placement | Counted:
    audience = _BY_DEVICE.audience(item.user_kind, subject)
    fingerprint = fingerprint_of(item, subject=subject, audience=audience)
    if fingerprint is None:
        return Counted(wall_day(item), item.theme, item.weight)
    incident = _incident_id(fingerprint)
    return Placement(incident, fingerprint, item.user_kind, item.observed_at_ms, item.weight)


@lru_cache(maxsize=10_000)
def _incident_id(fingerprint: Fingerprint) -> str:
    return fingerprint.incident_id


def _detection_row(
    item: Detection, place: Placement | Counted, subject: str, evidence: bytearray | None, now_ms: int
) -> Row:
    return (
        item.origin.organisation,
        item.origin.device,
        bytearray(item.id),
        subject,
        int(item.user_kind),
        int(item.source),
        item.application,
        item.theme,
        item.term,
        item.list_version,
        item.severity,
        item.lane,
        evidence,
        "\n".join([f"{value:+d} {reason}" for reason, value in item.addends]),
        item.observed_at_ms,
        item.utc_offset_minutes,
        item.weight,
        int(item.typed_then_deleted),
        now_ms,
        place.incident if isinstance(place, Placement) else None,
        int(item.identity),
        int(item.place),
    )


def _answer_row(item: Answer, subject: str, now_ms: int) -> Row:
    return (
        item.origin.organisation,
        item.origin.device,
        bytearray(item.id),
        subject,
        int(item.user_kind),
        int(item.accepted),
        item.version,
        item.policy,
        item.language,
        item.reading_age,
        item.answered_at_ms,
        now_ms,
    )


def _medium_columns(medium: Medium) -> Row:
    return medium.bus, medium.vendor, medium.product, medium.serial, medium.name, medium.size_bytes


def _receipt_row(item: Receipt, subject: str, now_ms: int) -> Row:
    return (
        item.origin.organisation,
        item.origin.device,
        bytearray(item.id),
        subject,
        int(item.user_kind),
        *_medium_columns(item.medium),
        item.tree_digest,
        item.verdict,
        item.reason,
        item.engine,
        item.signatures_at_ms,
        item.made_at_ms,
        item.expires_at_ms,
        item.files,
        item.bytes,
        item.infected,
        item.unscanned,
        json.dumps(dict(item.kinds)),
        item.permission,
        item.access,
        now_ms,
    )


def _request_row(item: Request, subject: str, now_ms: int) -> Row:
    return (
        item.origin.organisation,
        item.origin.device,
        bytearray(item.id),
        subject,
        int(item.detection.user_kind),
        *_medium_columns(item.medium),
        item.reason,
        int(item.read_write),
        item.detection.observed_at_ms,
        now_ms,
        # Answered by nobody yet.
        None,
        None,
        None,
    )


def _loss_row(item: Loss, now_ms: int) -> Row:
    return (
        item.origin.organisation,
        item.origin.device,
        bytearray(item.id),
        item.reason,
        item.count,
        item.first_at_ms,
        item.last_at_ms,
        now_ms,
    )
