"""An item made ready for the store, on the loop: so that the writer thread does little but write.

Rows are tuples in the order of their table's columns; what is made for each item is a `NamedTuple` and no
dataclass because there are hundreds per batch. Their values are exactly int, str or bytearray: anything else,
an enum, a bool or bytes, the driver looks up in its adapters, at four times the cost and under Python's lock.
"""

from functools import lru_cache
from typing import NamedTuple

from lamplighter_collector.db.driver import Row
from lamplighter_collector.grouping.fingerprint import Fingerprint, fingerprint_of, wall_day
from lamplighter_collector.ingest.detection import Detection, Loss

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
        """Without the account name."""
        return f"Placement({self.incident})"


class Counted(NamedTuple):
    """The day and theme in which a detection of severity 1 is only counted."""

    day: str
    theme: str
    weight: int


class Arrival(NamedTuple):
    """One item: its key, its row, and where it counts. Text is in the row, so it has no repr of its own."""

    key: Key
    row: Row
    place: Placement | Counted | None

    def __repr__(self) -> str:
        return f"Arrival({self.key[1]}, {self.key[2].hex()})"


def arrival_of(item: Detection | Loss, now_ms: int) -> Arrival:
    """``place`` is None for a loss."""
    key = (item.origin.organisation, item.origin.device, item.id)
    if isinstance(item, Loss):
        return Arrival(key, _loss_row(item, now_ms), None)
    place = _place_of(item)
    return Arrival(key, _detection_row(item, place, now_ms), place)


def _place_of(item: Detection) -> Placement | Counted:
    fingerprint = fingerprint_of(item)
    if fingerprint is None:
        return Counted(wall_day(item), item.theme, item.weight)
    incident = _incident_id(fingerprint)
    return Placement(incident, fingerprint, item.user_kind, item.observed_at_ms, item.weight)


@lru_cache(maxsize=10_000)
def _incident_id(fingerprint: Fingerprint) -> str:
    return fingerprint.incident_id


def _detection_row(item: Detection, place: Placement | Counted, now_ms: int) -> Row:
    evidence = item.evidence
    return (
        item.origin.organisation,
        item.origin.device,
        bytearray(item.id),
        item.user,
        int(item.user_kind),
        int(item.source),
        item.application,
        item.theme,
        item.term,
        item.list_version,
        item.severity,
        item.lane,
        evidence.before,
        evidence.matched,
        evidence.after,
        "\n".join([f"{value:+d} {reason}" for reason, value in item.addends]),
        item.observed_at_ms,
        item.utc_offset_minutes,
        item.weight,
        int(item.typed_then_deleted),
        now_ms,
        place.incident if isinstance(place, Placement) else None,
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
