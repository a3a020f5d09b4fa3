"""How often somebody may try to sign in, counted in the store: every collector of a school counts alike.

An attempt is counted before its password is checked and taken back when it succeeds. So a hundred guesses
sent at once are a hundred attempts, and not one. Counts are by the minute and stand for 15 minutes.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from lamplighter_collector.people.models import sign_in_attempts as attempts

MOST_PER_LOGIN: Final = 5
MOST_PER_ADDRESS: Final = 20
WINDOW_MINUTES: Final = 15
_MINUTE_MS: Final = 60_000


def count_attempt(
    connection: Connection, organisation: str, limits: Mapping[str, int], *, now_ms: int
) -> bool:
    """Count one attempt under each key; False, and nothing counted, when one of them had its most already."""
    window = now_ms // _MINUTE_MS
    oldest = window - WINDOW_MINUTES + 1
    mine = attempts.c.organisation == organisation
    connection.execute(delete(attempts).where(mine, attempts.c.window < oldest))
    for key, most in limits.items():
        # A clock that was set back must not lock anybody out: the future does not count.
        recent = (attempts.c.key == key) & (attempts.c.window <= window)
        counted = connection.scalar(select(func.sum(attempts.c.count)).where(mine, recent))
        if (counted or 0) >= most:
            return False
    for key in limits:
        _add(connection, organisation, key, window)
    return True


def forgive(connection: Connection, organisation: str, *, login: str, address: str, now_ms: int) -> None:
    """The attempt succeeded: the login starts afresh, and the address has one attempt less."""
    mine = attempts.c.organisation == organisation
    connection.execute(delete(attempts).where(mine, attempts.c.key == login))
    connection.execute(
        update(attempts)
        .where(
            mine,
            attempts.c.key == address,
            attempts.c.window == now_ms // _MINUTE_MS,
            attempts.c.count > 0,
        )
        .values(count=attempts.c.count - 1)
    )


def _add(connection: Connection, organisation: str, key: str, window: int) -> None:
    this = (attempts.c.organisation == organisation) & (attempts.c.key == key) & (attempts.c.window == window)
    more = connection.execute(update(attempts).where(this).values(count=attempts.c.count + 1))
    if more.rowcount == 0:
        connection.execute(
            insert(attempts).values(organisation=organisation, key=key, window=window, count=1)
        )
