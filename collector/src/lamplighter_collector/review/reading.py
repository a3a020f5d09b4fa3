"""What one person may read, as conditions of a query: `access.may_read` in the store's own words."""

from typing import Final

from sqlalchemy import ColumnElement, and_, or_

from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.people.person import Person
from lamplighter_collector.review.access import readable_audiences, reads_also
from lamplighter_collector.review.models import incidents
from lamplighter_collector.review.states import State

_ALWAYS_OPEN: Final = (State.NEW, State.CLAIMED, State.STAFF_ROUTED)


def readable(organisation: str, person: Person) -> tuple[ColumnElement[bool], ...]:
    """The incidents that this person may read, whatever their state."""
    return (
        *not_closed_to(organisation, person),
        opened_to(person, incidents.c.audience),
    )


def opened_to(person: Person, audience: ColumnElement[str]) -> ColumnElement[bool]:
    """What is in an audience that this person reads, or of a theme that they read there, too."""
    theirs, themes = readable_audiences(person), reads_also(person)
    if not themes or Audience.DSL in theirs:
        return audience.in_(sorted(theirs))
    # The audiences first, by which there is an index.
    either = audience.in_(sorted({*theirs, Audience.DSL}))
    return and_(either, or_(audience != Audience.DSL.value, incidents.c.theme.in_(sorted(themes))))


def not_closed_to(organisation: str, person: Person) -> tuple[ColumnElement[bool], ...]:
    """The organisation's incidents but those about the person or their child; says nothing of audiences."""
    conditions: list[ColumnElement[bool]] = [incidents.c.organisation == organisation]
    if person.closed_subjects:
        conditions.append(incidents.c.subject.not_in(sorted(person.closed_subjects)))
    return tuple(conditions)


def open_now(now_ms: int) -> ColumnElement[bool]:
    """`states.is_open`: what belongs in a queue at this moment."""
    return or_(
        incidents.c.state.in_(_ALWAYS_OPEN),
        and_(incidents.c.state == State.WATCHING, incidents.c.watch_until <= now_ms),
    )
