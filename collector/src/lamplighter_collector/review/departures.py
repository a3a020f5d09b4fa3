"""What left an audience, and when: so that open pages let go of it once, and hear no more of it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from lamplighter_collector.db.driver import INSERTS
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.people.person import Person
from lamplighter_collector.review.models import departures, incidents
from lamplighter_collector.review.reading import not_closed_to, opened_to


def depart(
    connection: Connection, organisation: str, left: Iterable[tuple[str, Audience]], *, revision: int
) -> None:
    """Note incidents, and whom each one leaves, with the revision of the caller's transaction."""
    for incident, audience in left:
        row = {
            "organisation": organisation,
            "incident": incident,
            "audience": audience.value,
            "revision": revision,
        }
        first = INSERTS[connection.dialect.name](departures).values(row)
        key = [column.name for column in departures.primary_key]
        again = {"revision": first.excluded.revision}
        connection.execute(first.on_conflict_do_update(index_elements=key, set_=again))


def departed_since(
    connection: Connection, organisation: str, person: Person, revision: int
) -> list[Row[tuple[str, int]]]:
    """What this person could read before and can't any more: id and revision of the departure."""
    columns = departures.c.incident.label("id"), departures.c.revision
    query = _departed(organisation, person, columns).where(departures.c.revision > revision)
    return list(connection.execute(query))


def last_departure(connection: Connection, organisation: str, person: Person) -> int:
    """The newest revision of those; 0 where there is none."""
    return connection.scalar(_departed(organisation, person, (func.max(departures.c.revision),))) or 0


def _departed(organisation: str, person: Person, columns: Iterable[Any]) -> Select[Any]:
    same = (departures.c.organisation == incidents.c.organisation) & (departures.c.incident == incidents.c.id)
    return (
        select(*columns)
        .join_from(departures, incidents, same)
        .where(
            *not_closed_to(organisation, person),
            departures.c.organisation == organisation,
            opened_to(person, departures.c.audience),
            ~opened_to(person, incidents.c.audience),
        )
    )
