"""What devices told of portable media lately, for technicians: theme, device and time, and nobody's name.

Who it was about is the business of whoever reads the incident. What is about the reader's own account, or
their child's, is left out here, too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from lamplighter_collector.db.revisions import last_revision
from lamplighter_collector.grouping.fingerprint import MEDIA_THEMES
from lamplighter_collector.review.models import incidents

MOST_SHOWN: Final = 20
_LOOK_BACK: Final = 20_000
"""In changes of incidents: so much is read at most, however large the store is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """One incident of portable media."""

    device: str
    theme: str
    severity: int
    count: int
    last_at: int


def lately(connection: Connection, organisation: str, *, closed: Collection[str] = ()) -> list[Stopped]:
    """Return the newest incidents of media, the newest first."""
    since = last_revision(connection, organisation) - _LOOK_BACK
    query = (
        select(incidents)
        .where(
            incidents.c.organisation == organisation,
            incidents.c.revision > since,
            incidents.c.theme.in_(sorted(MEDIA_THEMES)),
            incidents.c.subject.not_in(sorted(closed)),
        )
        .order_by(incidents.c.revision.desc())
        .limit(MOST_SHOWN)
    )
    return [
        Stopped(
            device=row["device"],
            theme=row["theme"],
            severity=row["severity"],
            count=row["count"],
            last_at=row["last_at"],
        )
        for row in connection.execute(query).mappings()
    ]
