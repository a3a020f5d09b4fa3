"""What was decided before: about one incident, about the same person on the same device, and by this team.

Only what the reader may read. Notes are opened here, where they are shown; the words of a detection never.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, not_, select

from lamplighter_collector.errors import SealError
from lamplighter_collector.ingest.models import subjects
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.people.person import Person
from lamplighter_collector.review.deciding import NOTE_FIELD
from lamplighter_collector.review.models import decisions, incidents
from lamplighter_collector.review.queue import account_name
from lamplighter_collector.review.reading import open_now, readable
from lamplighter_collector.review.standing import standing_of
from lamplighter_collector.review.states import Standing, State, Verb

EARLIER_SHOWN: Final = 50
DECIDED_AT_ONCE: Final = 50
UNREADABLE: Final = {"note": "This note can't be opened any more."}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """One row of the record. ``texts`` is what was written, by field."""

    number: int
    at_ms: int
    by: str
    verb: Verb
    outcome: str
    reason: str
    to_state: State
    texts: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An incident in a list of what was."""

    id: str
    theme: str
    severity: int
    device: str
    user: str = field(repr=False)
    """The account name, as `queue.account_name` opens it."""
    last_at_ms: int
    standing: Standing
    reason: str
    """The code of the decision that holds; empty where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedList:
    """One sheet of what was decided, latest first."""

    total: int
    items: tuple[Item, ...]


def decisions_of(
    connection: Connection, organisation: str, incident: str, *, seals: Seals
) -> tuple[DecisionRecord, ...]:
    """The record of an incident, newest first. The caller has checked that it may be read."""
    query = (
        select(decisions)
        .where(decisions.c.organisation == organisation, decisions.c.incident == incident)
        .order_by(decisions.c.number.desc())
    )
    return tuple(
        DecisionRecord(
            number=row.number,
            at_ms=row.at,
            by=row.by,
            verb=Verb(row.verb),
            outcome=row.outcome,
            reason=row.reason,
            to_state=State(row.to_state),
            texts=_opened(row.note, row.subject, seals),
        )
        for row in connection.execute(query)
    )


def earlier(
    connection: Connection, organisation: str, incident: str, *, person: Person, seals: Seals
) -> tuple[Item, ...]:
    """Other incidents of the same subject on the same device, latest first; none where nobody is named."""
    this = (
        select(incidents.c.device, incidents.c.subject)
        .where(incidents.c.organisation == organisation, incidents.c.id == incident)
        .subquery()
    )
    query = (
        _items(organisation, person)
        .join(this, (this.c.device == incidents.c.device) & (this.c.subject == incidents.c.subject))
        .where(incidents.c.id != incident, this.c.subject != "")
        .order_by(incidents.c.last_at.desc(), incidents.c.id)
        .limit(EARLIER_SHOWN)
    )
    return _read(connection, query, seals)


def decided(
    connection: Connection, organisation: str, *, person: Person, seals: Seals, now_ms: int, skip: int = 0
) -> DecidedList:
    """What is closed now."""
    closed = not_(open_now(now_ms))
    total = connection.scalar(
        select(func.count()).select_from(incidents).where(*readable(organisation, person), closed)
    )
    query = (
        _items(organisation, person)
        .where(closed)
        .order_by(incidents.c.decided_at.desc(), incidents.c.id)
        .offset(skip)
        .limit(DECIDED_AT_ONCE)
    )
    return DecidedList(total=total or 0, items=_read(connection, query, seals))


def _items(organisation: str, person: Person) -> Select[Any]:
    """Incidents with the decision that holds and the sealed name of their subject."""
    holds = (
        (decisions.c.organisation == incidents.c.organisation)
        & (decisions.c.incident == incidents.c.id)
        & (decisions.c.number == incidents.c.version)
    )
    named = (subjects.c.organisation == incidents.c.organisation) & (subjects.c.id == incidents.c.subject)
    return (
        select(incidents, decisions.c.reason, subjects.c.name.label("sealed_name"))
        .select_from(incidents.outerjoin(decisions, holds).outerjoin(subjects, named))
        .where(*readable(organisation, person))
    )


def _read(connection: Connection, query: Select[Any], seals: Seals) -> tuple[Item, ...]:
    rows = connection.execute(query).all()
    seals.fetch({row.subject for row in rows})
    return tuple(_item(row, account_name(row.subject, row.sealed_name, seals)) for row in rows)


def _item(row: Row[Any], user: str) -> Item:
    return Item(
        id=row.id,
        theme=row.theme,
        severity=row.severity,
        device=row.device,
        user=user,
        last_at_ms=row.last_at,
        standing=standing_of(row),
        reason=row.reason or "",
    )


def _opened(note: bytes | None, subject: str, seals: Seals) -> Mapping[str, str]:
    if note is None:
        return {}
    try:
        texts = json.loads(seals.open(subject, NOTE_FIELD, note))
    except SealError:
        return UNREADABLE
    return {str(name): str(text) for name, text in texts.items()}
