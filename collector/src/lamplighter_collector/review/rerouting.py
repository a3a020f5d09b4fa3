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
from lamplighter_collector.review.models import decisions, incidents
from lamplighter_collector.review.states import State

_LINE: Final = (Audience.DSL, Audience.HEAD, Audience.CHAIR)


def reroute(connection: Connection, organisation: str, routes: Routes, subjects: Iterable[str]) -> int:
    """Set the audience of every incident about these subjects; answers how many moved."""
    moves = [
        (audience, misplaced)
        for subject in sorted(subjects)
        for kind in UserKind
        for audience in (routes.audience(kind, subject),)
        if _is_any(connection, misplaced := _misplaced(organisation, subject, kind, audience))
    ]
    if not moves:
        return 0
    revision = take_revision(connection, organisation)
    moved = 0
    for audience, misplaced in moves:
        change = update(incidents).where(*misplaced).values(audience=audience.value, revision=revision)
        moved += connection.execute(change).rowcount
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


def _is_any(connection: Connection, where: tuple[ColumnElement[bool], ...]) -> bool:
    return connection.execute(select(incidents.c.id).where(*where).limit(1)).first() is not None
