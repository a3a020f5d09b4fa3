"""Who is behind a request: the cookie's session and the person, read together."""

from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from lamplighter_collector.clock import now_ms
from lamplighter_collector.db.reader import Reader
from lamplighter_collector.db.transact import Transact
from lamplighter_collector.errors import StoreUnavailable
from lamplighter_collector.people.accounts import Accounts
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.sessions import Session, find_session, note_seen, session_by_id

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A session and whose it is."""

    session: Session
    person: Person


class Visits:
    """Finds visits of one organisation."""

    def __init__(self, accounts: Accounts, reader: Reader, transact: Transact) -> None:
        self._accounts = accounts
        self._reader = reader
        self._transact = transact

    async def of(self, cookie: str) -> Visit | None:
        """The visit that this cookie opens. A request counts as use of the session, noted to the minute."""
        now = now_ms()
        organisation = self._accounts.organisation

        def read(connection: Connection) -> Visit | None:
            session = find_session(connection, organisation, cookie, now_ms=now)
            return self._visit(connection, session)

        visit = await self._reader.read(read)
        if visit is not None and visit.session.is_due(now):
            session = visit.session
            try:
                await self._transact(
                    lambda connection: note_seen(connection, organisation, session, now_ms=now)
                )
            except StoreUnavailable:
                # The disk is full, say. That is no reason to show nothing; the session just ends sooner.
                _log.warning("session-not-noted")
        return visit

    def again(self, connection: Connection, visit: Visit) -> Visit | None:
        """The same visit as it is now, for a stream that stays open; that is no use of the session."""
        session = session_by_id(connection, self._accounts.organisation, visit.session.id, now_ms=now_ms())
        return self._visit(connection, session)

    def _visit(self, connection: Connection, session: Session | None) -> Visit | None:
        person = self._accounts.person(connection, session.account) if session is not None else None
        return Visit(session=session, person=person) if session is not None and person is not None else None
