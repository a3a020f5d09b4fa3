"""How often somebody may try to sign in, counted in the store: every collector of a school counts alike.

An attempt is counted before its password is checked and taken back when it succeeds. So a hundred guesses
sent at once are a hundred attempts, and not one. Counts are by the minute and stand for 15 minutes.

A login is counted together with the address: who guesses at a colleague's login locks themselves out, and not
the colleague. Over all addresses it has a bound too, high enough that it takes many to reach it. A browser
that has signed in with the login before has a count of its own, which nobody else can use up.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, func, select, update

from lamplighter_collector.db.driver import INSERTS
from lamplighter_collector.people.models import sign_in_attempts as attempts

MOST_PER_LOGIN_AND_ADDRESS: Final = 5
MOST_PER_BROWSER: Final = 5
MOST_PER_LOGIN: Final = 50
MOST_PER_ADDRESS: Final = 20
WINDOW_MINUTES: Final = 15
_MINUTE_MS: Final = 60_000
_BETWEEN: Final = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What became of one attempt. ``locks``: it was the last one that some key had, if it fails."""

    allowed: bool
    locks: bool = False


def limits_of(*, login: str, address: str, browser: str) -> Mapping[str, int]:
    """The keys under which an attempt counts, and how many each may have.

    Args:
        login: its pseudonym.
        address: its pseudonym.
        browser: pseudonym of a browser that has signed in with this login before; empty for another.
    """
    if browser:
        return {f"{login}{_BETWEEN}{browser}": MOST_PER_BROWSER}
    return {
        f"{login}{_BETWEEN}{address}": MOST_PER_LOGIN_AND_ADDRESS,
        login: MOST_PER_LOGIN,
        address: MOST_PER_ADDRESS,
    }


def count_attempt(
    connection: Connection, organisation: str, limits: Mapping[str, int], *, now_ms: int
) -> Counted:
    """Count one attempt under each key; not allowed, and nothing counted, when one had its most already."""
    window = now_ms // _MINUTE_MS
    oldest = window - WINDOW_MINUTES + 1
    mine = attempts.c.organisation == organisation
    connection.execute(delete(attempts).where(mine, attempts.c.window < oldest))
    locks = False
    for key, most in limits.items():
        # A clock that was set back must not lock anybody out: the future does not count.
        recent = (attempts.c.key == key) & (attempts.c.window <= window)
        counted = connection.scalar(select(func.sum(attempts.c.count)).where(mine, recent)) or 0
        if counted >= most:
            return Counted(allowed=False)
        locks = locks or counted + 1 >= most
    for key, most in limits.items():
        _add(connection, organisation, key, window, most)
    return Counted(allowed=True, locks=locks)


def take_back(connection: Connection, organisation: str, keys: Collection[str], *, now_ms: int) -> None:
    """The attempt was none that failed: its keys have one less."""
    connection.execute(
        update(attempts)
        .where(
            attempts.c.organisation == organisation,
            attempts.c.key.in_(sorted(keys)),
            attempts.c.window == now_ms // _MINUTE_MS,
            attempts.c.count > 0,
        )
        .values(count=attempts.c.count - 1)
    )


def forget(connection: Connection, organisation: str, keys: Collection[str]) -> None:
    """The right password was given: what its login had failed from this address or browser is over."""
    of_login = attempts.c.key.in_(sorted(key for key in keys if _BETWEEN in key))
    connection.execute(delete(attempts).where(attempts.c.organisation == organisation, of_login))


def unlock(connection: Connection, organisation: str, login: str | None = None) -> None:
    """Forget the attempts at a login, from wherever; without one, all attempts."""
    gone = attempts.c.organisation == organisation
    if login is not None:
        gone &= (attempts.c.key == login) | attempts.c.key.startswith(f"{login}{_BETWEEN}", autoescape=True)
    connection.execute(delete(attempts).where(gone))


def locked_now(connection: Connection, organisation: str, *, now_ms: int) -> int:
    """How many logins, browsers and addresses may not try at this moment."""
    window = now_ms // _MINUTE_MS
    standing = attempts.c.window.between(window - WINDOW_MINUTES + 1, window)
    full = (
        select(attempts.c.key)
        .where(attempts.c.organisation == organisation, standing)
        .group_by(attempts.c.key)
        .having(func.sum(attempts.c.count) >= func.max(attempts.c.most))
        .subquery()
    )
    return connection.scalar(select(func.count()).select_from(full)) or 0


def _add(connection: Connection, organisation: str, key: str, window: int, most: int) -> None:
    """In one statement: of two collectors that count the first attempt of a minute, none may fail."""
    this = {"organisation": organisation, "key": key, "window": window}
    first = INSERTS[connection.dialect.name](attempts).values(this | {"count": 1, "most": most})
    more = {"count": attempts.c.count + 1}
    connection.execute(first.on_conflict_do_update(index_elements=list(this), set_=more))
