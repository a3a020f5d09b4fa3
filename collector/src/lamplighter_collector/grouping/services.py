"""Place new detections in their incidents, inside the caller's transaction.

Assumes that every detection handed over is new; the caller has removed what was stored before. Counts are
added in the database, so the result is the same for any order and any split into groups.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import case
from sqlalchemy.dialects.sqlite import insert

from lamplighter_collector.db.driver import Cursor, DriverStatement, Row
from lamplighter_collector.grouping.fingerprint import VERSION
from lamplighter_collector.ingest.arrival import Arrival, Placement
from lamplighter_collector.ingest.models import context_counts
from lamplighter_collector.review.models import incidents

_new = insert(incidents)
_more = _new.excluded
_PLACE = DriverStatement(
    _new.on_conflict_do_update(
        index_elements=["organisation", "id"],
        set_={
            "sightings": incidents.c.sightings + _more.sightings,
            "count": incidents.c.count + _more.count,
            "severity": case(
                (_more.severity > incidents.c.severity, _more.severity), else_=incidents.c.severity
            ),
            "first_at": case(
                (_more.first_at < incidents.c.first_at, _more.first_at), else_=incidents.c.first_at
            ),
            "last_at": case((_more.last_at > incidents.c.last_at, _more.last_at), else_=incidents.c.last_at),
            "revision": _more.revision,
        },
    )
)
_UNDECIDED: Final = (0, None, None, None, None, None, None)
"""Version, claim, watch and decision of a new incident. No sighting changes those of a known one: an equal
sighting after a decision only counts."""
_counted = insert(context_counts)
_COUNT = DriverStatement(
    _counted.on_conflict_do_update(
        index_elements=["organisation", "day", "theme"],
        set_={"count": context_counts.c.count + _counted.excluded.count},
    )
)


class _Growth:
    """What one group adds to one incident."""

    __slots__ = ("count", "example", "first_at", "last_at", "sightings")

    def __init__(self, example: Placement) -> None:
        self.example = example
        self.sightings = 0
        self.count = 0
        self.first_at = self.last_at = example.observed_at_ms

    def add(self, place: Placement) -> None:
        at = place.observed_at_ms
        self.sightings += 1
        self.count += place.weight
        if at < self.first_at:
            self.first_at = at
        elif at > self.last_at:
            self.last_at = at


def place(cursor: Cursor, arrivals: Iterable[Arrival], *, revision: int, now_ms: int) -> None:
    """Count each detection once, in its incident or, at severity 1, in its day."""
    grown: dict[tuple[str, str], _Growth] = {}
    counted: dict[tuple[str, str, str], int] = {}
    for (organisation, _, _), _, belongs in arrivals:
        if isinstance(belongs, Placement):
            key = (organisation, belongs.incident)
            growth = grown.get(key)
            if growth is None:
                growth = grown[key] = _Growth(belongs)
            growth.add(belongs)
        elif belongs is not None:
            day = (organisation, belongs.day, belongs.theme)
            counted[day] = counted.get(day, 0) + belongs.weight
    rows = [_incident_row(key, growth, revision=revision, now_ms=now_ms) for key, growth in grown.items()]
    _PLACE.many(cursor, rows)
    _COUNT.many(cursor, [(*day, count) for day, count in counted.items()])


def _incident_row(key: tuple[str, str], growth: _Growth, *, revision: int, now_ms: int) -> Row:
    fingerprint = growth.example.fingerprint
    return (
        *key,
        VERSION,
        fingerprint.audience.value,
        "new",
        fingerprint.device,
        fingerprint.user,
        int(growth.example.user_kind),
        fingerprint.theme,
        fingerprint.severity,
        growth.sightings,
        growth.count,
        growth.first_at,
        growth.last_at,
        now_ms,
        revision,
        *_UNDECIDED,
    )
