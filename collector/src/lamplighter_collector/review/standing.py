"""From a row of `incidents` to its place in the machine."""

from typing import Any

from sqlalchemy import Row

from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.review.states import Standing, State


def standing_of(row: Row[Any]) -> Standing:
    """The place in the machine of a row of `incidents`."""
    return Standing(
        state=State(row.state),
        audience=Audience(row.audience),
        version=row.version,
        claimed_by=row.claimed_by,
        claimed_at_ms=row.claimed_at,
        watch_until_ms=row.watch_until,
        outcome=row.outcome,
        decided_by=row.decided_by,
        decided_at_ms=row.decided_at,
    )
