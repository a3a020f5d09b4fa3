"""Signing in: the limit, the password, the session, and a row in the audit trail for each outcome.

What a stranger learns is the same for a wrong password, an unknown login and a closed account: the same words
after the same work.
"""

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from lamplighter_collector.audit.services import COLLECTOR, AuditEntry, append
from lamplighter_collector.clock import now_ms
from lamplighter_collector.db.transact import Transact
from lamplighter_collector.errors import Busy
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.people.accounts import Accounts
from lamplighter_collector.people.attempts import (
    Counted,
    count_attempt,
    forget,
    limits_of,
    take_back,
)
from lamplighter_collector.people.browsers import Browsers
from lamplighter_collector.people.passwords import PasswordCheck
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.sessions import Session, close_session, open_session

SIGNED_IN: Final = "signed-in"
SIGNED_OUT: Final = "signed-out"
REFUSED: Final = "sign-in-refused"
LOCKED: Final = "sign-in-locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What somebody sent.

    ``replaces`` is the id of the session that their browser had, if any, and ``known`` what it was given when
    it signed in before.
    """

    login: str = field(repr=False)
    password: str = field(repr=False)
    address: str = field(repr=False)
    known: str = field(default="", repr=False)
    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The attempt succeeded."""

    cookie: str = field(repr=False)
    known: str = field(repr=False)
    """For the browser to keep, so that nobody else's guesses lock it out."""
    session: Session
    person: Person


class WrongCredentials:
    """Login and password are not those of an open account."""


class TooMany:
    """The login or the address has tried too often; nothing was checked."""


Outcome = SignedIn | WrongCredentials | TooMany


class SignIn:
    """Signs people of one organisation in and out."""

    def __init__(
        self, accounts: Accounts, seals: Seals, transact: Transact, passwords: PasswordCheck
    ) -> None:
        self._accounts = accounts
        self._seals = seals
        self._browsers = Browsers(seals)
        self._transact = transact
        self._passwords = passwords

    async def sign_in(self, attempt: Attempt) -> Outcome:
        """Try.

        Raises:
            Busy: too many passwords are being checked.
            StoreUnavailable: nothing can be written just now.
        """
        login = self._accounts.login_pseudonym(attempt.login)
        address = self._seals.pseudonym("address", attempt.address)
        browser = self._browsers.recognised(attempt.known, login)
        limits = limits_of(login=login, address=address, browser=browser)
        organisation, began_ms = self._accounts.organisation, now_ms()

        def begin(connection: Connection) -> tuple[Counted, tuple[str, str] | None]:
            counted = count_attempt(connection, organisation, limits, now_ms=began_ms)
            return counted, self._accounts.credentials(connection, login)

        def uncount(connection: Connection) -> None:
            take_back(connection, organisation, limits, now_ms=began_ms)

        counted, known = await self._transact(begin)
        if not counted.allowed:
            return TooMany()
        account, hash_ = known or (None, None)
        try:
            matches = await self._passwords.matches(hash_, attempt.password)
        except Busy:
            await self._transact(uncount)
            raise

        def finish(connection: Connection) -> Outcome:
            # Asked again: the account may have been closed or changed while the password was checked.
            if matches and account is not None and self._accounts.credentials(connection, login) == known:
                person = self._accounts.person(connection, account)
                if person is not None:
                    uncount(connection)
                    forget(connection, organisation, limits)
                    return self._opened(connection, attempt, person, login)
            self._record(connection, COLLECTOR, "", REFUSED, account or "")
            if counted.locks:
                self._record(connection, COLLECTOR, "", LOCKED, account or "")
            return WrongCredentials()

        return await self._transact(finish)

    async def sign_out(self, session: Session, person: Person) -> None:
        def action(connection: Connection) -> None:
            close_session(connection, self._accounts.organisation, session.id)
            self._record(connection, person.account, person.role_text, SIGNED_OUT, person.account)

        await self._transact(action)

    def _opened(self, connection: Connection, attempt: Attempt, person: Person, login: str) -> SignedIn:
        organisation, now = self._accounts.organisation, now_ms()
        if attempt.replaces is not None:
            close_session(connection, organisation, attempt.replaces)
        cookie, session = open_session(connection, organisation, person.account, now_ms=now)
        self._record(connection, person.account, person.role_text, SIGNED_IN, person.account)
        known = self._browsers.known(login)
        return SignedIn(cookie=cookie, known=known, session=session, person=person)

    def _record(self, connection: Connection, actor: str, role: str, verb: str, object_: str) -> None:
        entry = AuditEntry(
            organisation=self._accounts.organisation, actor=actor, role=role, verb=verb, object=object_
        )
        append(connection, entry)
