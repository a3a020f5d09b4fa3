"""Reading the review queue. Never the words.

Incidents in their order, one incident in full, and what could not be seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, select

from lamplighter_collector.errors import SealError
from lamplighter_collector.ingest.models import context_counts, detections, losses, subjects
from lamplighter_collector.ingest.privacy import NAME
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.people.person import Person
from lamplighter_collector.review.departures import departed_since, last_departure
from lamplighter_collector.review.models import incidents
from lamplighter_collector.review.reading import open_now, readable
from lamplighter_collector.review.standing import standing_of
from lamplighter_collector.review.states import Standing

PAGE_SIZE: Final = 200
SIGHTINGS_SHOWN: Final = 100
MOST_CHANGES: Final = 101
UNREADABLE: Final = "an account whose name can't be read any more"
SIGHTED: Final = (
    (detections.c.organisation == incidents.c.organisation)
    & (detections.c.device == incidents.c.device)
    & detections.c.observed_at.between(incidents.c.first_at, incidents.c.last_at)
    & (detections.c.incident == incidents.c.id)
)
"""Joins an incident to its sightings; device and time say no more than the last line, but have an index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSummary:
    """One row of the queue, with the facts of its latest sighting."""

    id: str
    theme: str
    severity: int
    count: int
    sightings: int
    first_at_ms: int
    last_at_ms: int
    revision: int
    device: str
    subject: str
    user: str = field(repr=False)
    """The account name; empty where nobody is named, `UNREADABLE` where its key is gone."""
    user_kind: int
    identity: int
    """`Identity` of the latest sighting."""
    place: int
    """`Place` of the latest sighting."""
    source: int
    application: str = field(repr=False)
    utc_offset_minutes: int
    addends: tuple[tuple[str, int], ...] = field(repr=False)
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One detection of an incident, without its words."""

    detection_id: str
    device: str
    term: str
    list_version: str
    lane: str
    severity: int
    source: int
    application: str = field(repr=False)
    observed_at_ms: int
    received_at_ms: int
    utc_offset_minutes: int
    weight: int
    has_words: bool
    typed_then_deleted: bool
    identity: int
    place: int
    addends: tuple[tuple[str, int], ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LossSummary:
    """What one device dropped or could not see for one reason."""

    device: str
    reason: int
    count: int
    notices: int
    last_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The queue at one moment, with the revision that open pages continue from."""

    total: int
    revision: int
    incidents: tuple[IncidentSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an open page must know to be as new as ``revision``: rows to show, and ids of rows to drop."""

    revision: int
    incidents: tuple[IncidentSummary, ...]
    gone: tuple[str, ...]


def pending(
    connection: Connection, organisation: str, person: Person, *, seals: Seals, now_ms: int, skip: int = 0
) -> Queue:
    """What needs this person: the most severe first, then the latest."""
    mine = _waiting(organisation, person, now_ms)
    total = connection.scalar(select(func.count()).select_from(incidents).where(*mine)) or 0
    # Of what the person may read, and not of all: the number must not tell of an item about themselves.
    last = select(incidents.c.revision).where(*readable(organisation, person))
    newest = connection.scalar(last.order_by(incidents.c.revision.desc()).limit(1)) or 0
    revision = max(newest, last_departure(connection, organisation, person))
    query = (
        _summaries(mine)
        .order_by(incidents.c.severity.desc(), incidents.c.last_at.desc(), incidents.c.id)
        .offset(skip)
        .limit(PAGE_SIZE)
    )
    return Queue(total=total, revision=revision, incidents=_read(connection, query, seals))


def changed_since(
    connection: Connection, organisation: str, person: Person, *, seals: Seals, revision: int, now_ms: int
) -> Changes:
    """What this person's open page has not seen yet, oldest change first; at most `MOST_CHANGES` rows."""
    newer = incidents.c.revision > revision
    query = (
        _summaries((*_waiting(organisation, person, now_ms), newer))
        .order_by(incidents.c.revision, incidents.c.id)
        .limit(MOST_CHANGES)
    )
    rows = _read(connection, query, seals)
    if len(rows) == MOST_CHANGES:
        return Changes(revision=rows[-1].revision, incidents=rows, gone=())
    closed = select(incidents.c.id, incidents.c.revision).where(
        *readable(organisation, person), ~open_now(now_ms), newer
    )
    gone = [
        *connection.execute(closed),
        *departed_since(connection, organisation, person, revision),
    ]
    last = max([revision, *(row.revision for row in rows), *(row.revision for row in gone)])
    return Changes(revision=last, incidents=rows, gone=tuple({row.id: None for row in gone}))


def total(connection: Connection, organisation: str, person: Person, *, now_ms: int) -> int:
    mine = _waiting(organisation, person, now_ms)
    return connection.scalar(select(func.count()).select_from(incidents).where(*mine)) or 0


def incident(
    connection: Connection, organisation: str, person: Person, incident_id: str, *, seals: Seals
) -> IncidentSummary | None:
    """None when there is nothing here for this person, whether it exists or not."""
    query = _summaries((*readable(organisation, person), incidents.c.id == incident_id))
    found = _read(connection, query, seals)
    return found[0] if found else None


def sightings_of(connection: Connection, organisation: str, incident_id: str) -> tuple[Sighting, ...]:
    """The latest sightings of an incident, newest first."""
    query = (
        select(detections)
        .join_from(incidents, detections, SIGHTED)
        .where(incidents.c.organisation == organisation, incidents.c.id == incident_id)
        .order_by(detections.c.observed_at.desc(), detections.c.id)
        .limit(SIGHTINGS_SHOWN)
    )
    return tuple(_sighting(row) for row in connection.execute(query))


def unseen(connection: Connection, organisation: str) -> tuple[LossSummary, ...]:
    """What could not be seen, by device and reason, latest first."""
    last = func.max(losses.c.last_at)
    query = (
        select(losses.c.device, losses.c.reason, func.sum(losses.c.count), func.count(), last)
        .where(losses.c.organisation == organisation)
        .group_by(losses.c.device, losses.c.reason)
        .order_by(last.desc())
        .limit(PAGE_SIZE)
    )
    return tuple(
        LossSummary(device=device, reason=reason, count=int(count), notices=notices, last_at_ms=last_at)
        for device, reason, count, notices, last_at in connection.execute(query)
    )


def context_total(connection: Connection, organisation: str, *, since_day: str) -> int:
    """Observations of severity 1 since a day: counted, never listed."""
    query = select(func.coalesce(func.sum(context_counts.c.count), 0)).where(
        context_counts.c.organisation == organisation, context_counts.c.day >= since_day
    )
    return int(connection.scalar(query) or 0)


def _waiting(organisation: str, person: Person, now_ms: int) -> tuple[Any, ...]:
    return (*readable(organisation, person), open_now(now_ms))


def _summaries(where: Sequence[Any]) -> Select[Any]:
    """Incidents with the facts of their latest sighting."""
    seen = detections.alias()
    latest = (
        select(seen.c.id)
        .where(
            seen.c.organisation == incidents.c.organisation,
            seen.c.device == incidents.c.device,
            # Not ==, with which SQLite would walk all of the device along the primary key, for the order.
            seen.c.observed_at.between(incidents.c.last_at, incidents.c.last_at),
            seen.c.incident == incidents.c.id,
        )
        .order_by(seen.c.observed_at.desc(), seen.c.id)
        .limit(1)
        .correlate(incidents)
        .scalar_subquery()
    )
    return (
        select(
            *(column for column in incidents.c if column.name != "count"),
            incidents.c.count.label("observations"),
            detections.c.identity,
            detections.c.place,
            detections.c.source,
            detections.c.application,
            detections.c.utc_offset_minutes,
            detections.c.addends,
            subjects.c.name.label("sealed_name"),
        )
        .join_from(
            incidents,
            detections,
            (detections.c.organisation == incidents.c.organisation)
            & (detections.c.device == incidents.c.device)
            & (detections.c.id == latest),
        )
        .outerjoin(
            subjects,
            (subjects.c.organisation == incidents.c.organisation) & (subjects.c.id == incidents.c.subject),
        )
        .where(*where)
    )


def _read(connection: Connection, query: Select[Any], seals: Seals) -> tuple[IncidentSummary, ...]:
    rows = connection.execute(query).all()
    seals.fetch({row.subject for row in rows})
    return tuple(_summary(row, account_name(row.subject, row.sealed_name, seals)) for row in rows)


def account_name(subject: str, name: bytes | None, seals: Seals) -> str:
    """Open ``subjects.name`` for somebody who may read items about this subject."""
    if name is None:
        return UNREADABLE if subject else ""
    try:
        return seals.open(subject, NAME, name)
    except SealError:
        return UNREADABLE


def _summary(row: Row[Any], user: str) -> IncidentSummary:
    return IncidentSummary(
        id=row.id,
        theme=row.theme,
        severity=row.severity,
        count=row.observations,
        sightings=row.sightings,
        first_at_ms=row.first_at,
        last_at_ms=row.last_at,
        revision=row.revision,
        device=row.device,
        subject=row.subject,
        user=user,
        user_kind=row.user_kind,
        identity=row.identity,
        place=row.place,
        source=row.source,
        application=row.application,
        utc_offset_minutes=row.utc_offset_minutes,
        addends=_addends(row.addends),
        standing=standing_of(row),
    )


def _sighting(row: Row[Any]) -> Sighting:
    return Sighting(
        detection_id=row.id.hex(),
        device=row.device,
        term=row.term,
        list_version=row.list_version,
        lane=row.lane,
        severity=row.severity,
        source=row.source,
        application=row.application,
        observed_at_ms=row.observed_at,
        received_at_ms=row.received_at,
        utc_offset_minutes=row.utc_offset_minutes,
        weight=row.weight,
        has_words=row.evidence is not None,
        typed_then_deleted=bool(row.typed_then_deleted),
        identity=row.identity,
        place=row.place,
        addends=_addends(row.addends),
    )


def _addends(lines: str) -> tuple[tuple[str, int], ...]:
    """A line is a number, a space and a reason."""
    parts = (line.partition(" ") for line in lines.splitlines())
    return tuple((reason, int(value)) for value, _, reason in parts)
