"""Whether this machine's clock can be right, by what the store has seen.

A certificate that a wrong clock issued is of no use to anybody, and looks to the device like a collector that
is down. So a doubt is named at the start, in ``status`` and by ``tokens issue``, and nothing is issued
while it is great. Issuing a token is the technician's word that the clock is right: it counts as seen.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from lamplighter_collector.clock import moment_of
from lamplighter_collector.devices.models import devices
from lamplighter_collector.enrolment.models import enrolment_tokens
from lamplighter_collector.errors import AuthorityUnusable

_BEHIND: Final = timedelta(days=1)
_FAR_BEHIND: Final = timedelta(days=30)
_AHEAD: Final = timedelta(days=400)


def doubt(connection: Connection, organisation: str, now: datetime) -> str:
    """What speaks against the clock, as a sentence; empty for nothing."""
    newest = _newest(connection, organisation)
    if newest is None or newest - _BEHIND <= now <= newest + _AHEAD:
        return ""
    side = "before" if now < newest else "after"
    days = abs((now - newest).days)
    return (
        f"this machine's clock says {now:%Y-%m-%d}, {days} days {side} the newest thing in the store:"
        " set the clock"
    )


def check(connection: Connection, organisation: str, now: datetime) -> None:
    """Refuse to issue by a clock that is far off.

    Raises:
        AuthorityUnusable: with the doubt.
    """
    newest = _newest(connection, organisation)
    if newest is not None and not newest - _FAR_BEHIND <= now <= newest + _AHEAD:
        raise AuthorityUnusable(doubt(connection, organisation, now))


def _newest(connection: Connection, organisation: str) -> datetime | None:
    seen = select(func.max(devices.c.last_seen_at)).where(devices.c.organisation == organisation)
    issued = select(func.max(enrolment_tokens.c.created_at)).where(
        enrolment_tokens.c.organisation == organisation
    )
    found = [moment for query in (seen, issued) if (moment := connection.scalar(query)) is not None]
    return moment_of(max(found)) if found else None
