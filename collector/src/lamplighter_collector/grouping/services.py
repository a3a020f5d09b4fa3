"""Place new detections in their incidents, inside the caller's transaction.

Assumes that every detection handed over is new; the caller has removed what was stored before. Counts are
added in the database, so the result is the same for any order and any split into groups.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, case
from sqlalchemy.dialects.sqlite import insert

from lamplighter_collector.db.driver import DriverStatement
from lamplighter_collector.grouping.fingerprint import VERSION, Fingerprint, fingerprint_of, wall_day
from lamplighter_collector.ingest.detection import Detection
from lamplighter_collector.ingest.models import context_counts
from lamplighter_collector.review.models import incidents, sightings

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
_SIGHT = DriverStatement(insert(sightings))
_counted = insert(context_counts)
_COUNT = DriverStatement(
    _counted.on_conflict_do_update(
        index_elements=["organisation", "day", "theme"],
        set_={"count": context_counts.c.count + _counted.excluded.count},
    )
)


class _Growth:
    """What one group adds to one incident."""

    __slots__ = ("count", "first_at", "last_at", "sightings")

    def __init__(self, at: int) -> None:
        self.sightings = 0
        self.count = 0
        self.first_at = self.last_at = at

    def add(self, detection: Detection) -> None:
        at = detection.observed_at_ms
        self.sightings += 1
        self.count += detection.weight
        self.first_at = min(self.first_at, at)
        self.last_at = max(self.last_at, at)


def place(connection: Connection, detections: Iterable[Detection], *, revision: int, now_ms: int) -> None:
    """Count each detection once, in its incident or, at severity 1, in its day."""
    grown: dict[tuple[str, Fingerprint], tuple[str, Detection, _Growth]] = {}
    seen: list[tuple[object, ...]] = []
    counted: dict[tuple[str, str, str], int] = {}
    for detection in detections:
        organisation = detection.origin.organisation
        fingerprint = fingerprint_of(detection)
        if fingerprint is None:
            day = (organisation, wall_day(detection), detection.theme)
            counted[day] = counted.get(day, 0) + detection.weight
            continue
        key = (organisation, fingerprint)
        if key not in grown:
            grown[key] = (fingerprint.incident_id, detection, _Growth(detection.observed_at_ms))
        incident, _, growth = grown[key]
        growth.add(detection)
        seen.append((organisation, incident, detection.observed_at_ms, detection.origin.device, detection.id))
    _PLACE.many(
        connection,
        [
            _incident_row(fingerprint, *parts, revision=revision, now_ms=now_ms)
            for (_, fingerprint), parts in grown.items()
        ],
    )
    _SIGHT.many(connection, seen)
    _COUNT.many(connection, [(*day, count) for day, count in counted.items()])


def _incident_row(
    fingerprint: Fingerprint,
    incident: str,
    example: Detection,
    growth: _Growth,
    *,
    revision: int,
    now_ms: int,
) -> tuple[object, ...]:
    return (
        example.origin.organisation,
        incident,
        VERSION,
        fingerprint.audience,
        "new",
        fingerprint.device,
        fingerprint.user,
        example.user_kind,
        fingerprint.theme,
        fingerprint.severity,
        growth.sightings,
        growth.count,
        growth.first_at,
        growth.last_at,
        now_ms,
        revision,
    )
