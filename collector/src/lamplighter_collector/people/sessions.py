"""Sessions of the pages, kept in the store.

The cookie is 256 random bits made by us, never one that a browser brought; the store holds only its hash. A
session ends 15 minutes after its last request, 8 hours after it began, and at once when its account is closed
or changed. All functions run inside the caller's transaction.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from lamplighter_collector.people.models import web_sessions

IDLE_MS: Final = 15 * 60_000
LONGEST_MS: Final = 8 * 60 * 60_000
_NOTED_EVERY_MS: Final = 60_000
_COOKIE_BYTES: Final = 32
_LONGEST_COOKIE: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser of one account."""

    id: str
    account: str
    csrf: str = field(repr=False)
    created_at_ms: int
    seen_at_ms: int

    def ends_at_ms(self) -> int:
        return min(self.seen_at_ms + IDLE_MS, self.created_at_ms + LONGEST_MS)

    def is_due(self, now_ms: int) -> bool:
        """Whether a request of now should be noted in the store."""
        return now_ms - self.seen_at_ms >= _NOTED_EVERY_MS


def open_session(
    connection: Connection, organisation: str, account: str, *, now_ms: int
) -> tuple[str, Session]:
    """A new session and the cookie that opens it; sessions that have ended are swept away."""
    cookie = secrets.token_urlsafe(_COOKIE_BYTES)
    session = Session(
        id=_id_of(cookie),
        account=account,
        csrf=secrets.token_urlsafe(_COOKIE_BYTES),
        created_at_ms=now_ms,
        seen_at_ms=now_ms,
    )
    mine = web_sessions.c.organisation == organisation
    ended = (web_sessions.c.seen_at <= now_ms - IDLE_MS) | (web_sessions.c.created_at <= now_ms - LONGEST_MS)
    connection.execute(delete(web_sessions).where(mine, ended))
    connection.execute(
        insert(web_sessions).values(
            organisation=organisation,
            id=session.id,
            account=account,
            csrf=session.csrf,
            created_at=now_ms,
            seen_at=now_ms,
        )
    )
    return cookie, session


def find_session(connection: Connection, organisation: str, cookie: str, *, now_ms: int) -> Session | None:
    """The session that this cookie opens, unless it has ended."""
    if not cookie.isascii() or len(cookie) > _LONGEST_COOKIE:
        return None
    return session_by_id(connection, organisation, _id_of(cookie), now_ms=now_ms)


def session_by_id(
    connection: Connection, organisation: str, session_id: str, *, now_ms: int
) -> Session | None:
    """The session of this id, unless it has ended."""
    query = select(web_sessions).where(
        web_sessions.c.organisation == organisation, web_sessions.c.id == session_id
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    session = Session(
        id=row.id,
        account=row.account,
        csrf=row.csrf,
        created_at_ms=row.created_at,
        seen_at_ms=row.seen_at,
    )
    return session if now_ms < session.ends_at_ms() else None


def note_seen(connection: Connection, organisation: str, session: Session, *, now_ms: int) -> None:
    connection.execute(
        update(web_sessions)
        .where(web_sessions.c.organisation == organisation, web_sessions.c.id == session.id)
        .values(seen_at=now_ms)
    )


def close_session(connection: Connection, organisation: str, session_id: str) -> None:
    connection.execute(
        delete(web_sessions).where(
            web_sessions.c.organisation == organisation, web_sessions.c.id == session_id
        )
    )


def close_sessions_of(connection: Connection, organisation: str, account: str) -> None:
    """Whatever the account may read has changed: its browsers sign in anew."""
    connection.execute(
        delete(web_sessions).where(
            web_sessions.c.organisation == organisation, web_sessions.c.account == account
        )
    )


def _id_of(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("ascii")).hexdigest()
