"""Moves stored incidents to the audience where they belong since the links of accounts changed.

What somebody routed as being about staff only rises: taking a link back never shows it to the DSL again.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, Connection, select, update

from lamplighter_collector.db.revisions import take_revision
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.grouping.routing import Routes
from lamplighter_collector.ingest.detection import UserKind
from lamplighter_collector.review.departures import depart
from lamplighter_collector.review.models import decisions, incidents
from lamplighter_collector.review.states import State

_LINE: Final = (Audience.DSL, Audience.HEAD, Audience.CHAIR)


def reroute(connection: Connection, organisation: str, routes: Routes, subjects: Iterable[str]) -> int:
    """Set the audience of every incident about these subjects; answers how many moved."""
    revision = take_revision(connection, organisation)
    moved = 0
    for subject in sorted(subjects):
        for kind in UserKind:
            audience = routes.audience(kind, subject)
            misplaced = _misplaced(organisation, subject, kind, audience)
            found = connection.execute(select(incidents.c.id, incidents.c.audience).where(*misplaced)).all()
            left = [(row.id, Audience(row.audience)) for row in found]
            depart(connection, organisation, left, revision=revision)
            change = update(incidents).where(*misplaced).values(audience=audience.value, revision=revision)
            moved += connection.execute(change).rowcount if found else 0
    return moved


def _misplaced(
    organisation: str, subject: str, kind: UserKind, audience: Audience
) -> tuple[ColumnElement[bool], ...]:
    was_routed = (
        select(decisions.c.incident)
        .where(
            decisions.c.organisation == incidents.c.organisation,
            decisions.c.incident == incidents.c.id,
            decisions.c.to_state == State.STAFF_ROUTED.value,
        )
        .exists()
    )
    below = [one.value for one in _LINE[: _LINE.index(audience)]]
    above = [one.value for one in _LINE[_LINE.index(audience) + 1 :]]
    return (
        incidents.c.organisation == organisation,
        incidents.c.subject == subject,
        incidents.c.user_kind == int(kind),
        incidents.c.audience.in_(below) | (incidents.c.audience.in_(above) & ~was_routed),
    )
