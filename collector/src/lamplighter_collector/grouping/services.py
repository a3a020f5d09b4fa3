"""Place new detections in their incidents, inside the caller's transaction.

Assumes that every detection handed over is new; the caller has removed what was stored before. Counts are
added in the database, so the result is the same for any order and any split into groups.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import case

from lamplighter_collector.db.driver import Cursor, DriverStatement, Row
from lamplighter_collector.db.revisions import next_revision
from lamplighter_collector.grouping.fingerprint import VERSION
from lamplighter_collector.ingest.arrival import Arrival, Counted, Placement
from lamplighter_collector.ingest.models import context_counts
from lamplighter_collector.review.models import incidents


def _more(old: Any, new: Any) -> Mapping[str, Any]:
    """What an incident becomes with further sightings: the same in any order."""
    return {
        "sightings": old.sightings + new.sightings,
        "count": old.count + new.count,
        "severity": case((new.severity > old.severity, new.severity), else_=old.severity),
        "first_at": case((new.first_at < old.first_at, new.first_at), else_=old.first_at),
        "last_at": case((new.last_at > old.last_at, new.last_at), else_=old.last_at),
        "revision": new.revision,
    }


_PLACE: Final = DriverStatement(incidents, _more)
_UNDECIDED: Final = (0, None, None, None, None, None, None)
"""Version, claim, watch and decision of a new incident. No sighting changes those of a known one: an equal
sighting after a decision only counts."""
_COUNT: Final = DriverStatement(context_counts, lambda old, new: {"count": old.count + new.count})


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


def take_turns(cursor: Cursor, arrivals: Iterable[Arrival]) -> Mapping[str, int]:
    """The next revision of each organisation that has something to place.

    From here to its end the transaction holds their counters: collectors on one database, and whoever moves
    incidents, take turns from here on.
    """
    organisations = {arrival.key[0] for arrival in arrivals if isinstance(arrival.place, Placement | Counted)}
    return {organisation: next_revision(cursor, organisation) for organisation in sorted(organisations)}


def place(cursor: Cursor, arrivals: Iterable[Arrival], revisions: Mapping[str, int], *, now_ms: int) -> None:
    """Count each detection once, in its incident or, at severity 1, in its day.

    Args:
        cursor: of the transaction that stored the arrivals.
        arrivals: each of them new, and where it belongs.
        revisions: from `take_turns`.
        now_ms: when incidents that are new were opened.
    """
    grown: dict[tuple[str, str], _Growth] = {}
    counted: dict[tuple[str, str, str], int] = {}
    for (organisation, _, _), _, belongs, _, _ in arrivals:
        if isinstance(belongs, Placement):
            key = (organisation, belongs.incident)
            growth = grown.get(key)
            if growth is None:
                growth = grown[key] = _Growth(belongs)
            growth.add(belongs)
        elif isinstance(belongs, Counted):
            day = (organisation, belongs.day, belongs.theme)
            counted[day] = counted.get(day, 0) + belongs.weight
    rows = [
        _incident_row(key, growth, revision=revisions[key[0]], now_ms=now_ms) for key, growth in grown.items()
    ]
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
        fingerprint.subject,
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
