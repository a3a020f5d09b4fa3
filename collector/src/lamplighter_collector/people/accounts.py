"""Adding and changing accounts, and who they are.

Everything runs inside the caller's transaction and writes its audit row there. A change moves stored
incidents to where they belong now, ends the sessions of that account and is announced to running collectors
(``changes``, kind ``people``).
"""

import unicodedata
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from lamplighter_collector.audit.services import AuditEntry, append
from lamplighter_collector.clock import now_ms
from lamplighter_collector.db.changes import bump
from lamplighter_collector.db.revisions import take_revision
from lamplighter_collector.errors import AccountRefused, SealError
from lamplighter_collector.grouping.routing import Routes, routes_for
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.people.attempts import unlock
from lamplighter_collector.people.models import account_links, account_roles, accounts
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role, in_order
from lamplighter_collector.people.sessions import close_sessions_of
from lamplighter_collector.review.rerouting import reroute

NAME_FIELD: Final = "accounts.name"
UNREADABLE: Final = "an account whose name can't be read any more"
MOST_CHARACTERS: Final = 128


class Relation(StrEnum):
    """Whose account on a device it is: the person's own, or their child's."""

    SELF = "self"
    CHILD = "child"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An account on devices, as the device names it, and what it is to the person."""

    device_account: str = field(repr=False)
    relation: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What is needed to add an account. ``password`` is its hash."""

    login: str = field(repr=False)
    name: str = field(repr=False)
    roles: frozenset[Role]
    password: str = field(repr=False)
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRecord:
    """One account for a list. Subjects are pseudonyms."""

    person: Person
    created_at_ms: int
    disabled_at_ms: int | None


def login_form(text: str) -> str:
    """One form of a login, however it was typed; of a longer one than any account has, the beginning.

    A stranger chooses the text, and normalising takes time by the square of its length.
    """
    return unicodedata.normalize("NFKC", text[: MOST_CHARACTERS + 1]).strip().casefold()


class Accounts:
    """The accounts of one organisation. ``actor`` is who changes them, as the audit trail names them."""

    def __init__(self, organisation: str, seals: Seals) -> None:
        self.organisation = organisation
        self._seals = seals

    # --- changing

    def add(self, connection: Connection, new: NewAccount, *, actor: str) -> str:
        """Add an account; answers its id.

        Raises:
            AccountRefused: the login is taken, or something about it is not acceptable.
        """
        login, name = _checked("login", login_form(new.login)), _checked("name", new.name.strip())
        _check_roles(new.roles)
        pseudonym = self.login_pseudonym(login)
        if self._row(connection, accounts.c.login == pseudonym) is not None:
            raise AccountRefused("there is an account with this login already")
        account = uuid.uuid4().hex
        values = {
            "organisation": self.organisation,
            "id": account,
            "login": pseudonym,
            "name": bytes(self._seals.seal("", NAME_FIELD, name)),
            "password": new.password,
            "created_at": now_ms(),
            "disabled_at": None,
        }
        try:
            connection.execute(insert(accounts).values(values))
        except IntegrityError:
            # Without the cause: a driver may quote what was refused.
            raise AccountRefused("there is an account with this login already") from None
        self._write_roles(connection, account, new.roles)
        for link in new.links:
            self._write_link(connection, account, link)
        self._record(connection, actor, "account-added", account)
        return account

    def disable(self, connection: Connection, login: str, *, actor: str) -> str:
        """Close an account for good; its sessions end, its links stay."""
        account = self._id_of(connection, login)
        connection.execute(update(accounts).where(*self._this(account)).values(disabled_at=now_ms()))
        self._record(connection, actor, "account-disabled", account)
        return account

    def give_roles(self, connection: Connection, login: str, roles: Collection[Role], *, actor: str) -> str:
        """Replace the roles of an account."""
        _check_roles(roles)
        account = self._id_of(connection, login)
        mine = account_roles.c.organisation == self.organisation
        connection.execute(delete(account_roles).where(mine, account_roles.c.account == account))
        self._write_roles(connection, account, roles)
        self._record(connection, actor, "account-roles", account)
        return account

    def link(self, connection: Connection, login: str, link: Link, *, actor: str) -> str:
        """Say that an account on devices is this person's, or their child's."""
        account = self._id_of(connection, login)
        self._unlink(connection, account, self.subject_of(link.device_account))
        self._write_link(connection, account, link)
        self._record(connection, actor, f"account-linked-{link.relation.value}", account)
        return account

    def unlink(self, connection: Connection, login: str, device_account: str, *, actor: str) -> str:
        """Take such a link back."""
        account = self._id_of(connection, login)
        subject = self.subject_of(device_account)
        if not self._unlink(connection, account, subject):
            raise AccountRefused("there is no such link")
        self._record(connection, actor, "account-unlinked", account, unlinked=(subject,))
        return account

    def set_password(self, connection: Connection, login: str, password: str, *, actor: str) -> str:
        """Replace the password's hash."""
        row = self._named(connection, login)
        account = str(row.id)
        connection.execute(update(accounts).where(*self._this(account)).values(password=password))
        unlock(connection, self.organisation, row.login)
        self._record(connection, actor, "account-password", account)
        return account

    def unlock(self, connection: Connection, login: str, *, actor: str) -> str:
        """Let people try again to sign in with this login, from wherever; an empty one: with any."""
        row = self._named(connection, login) if login else None
        account = str(row.id) if row is not None else ""
        unlock(connection, self.organisation, row.login if row is not None else None)
        entry = AuditEntry(
            organisation=self.organisation, actor=actor, verb="sign-in-unlocked", object=account
        )
        append(connection, entry)
        return account

    # --- reading

    def login_pseudonym(self, login: str) -> str:
        return self._seals.pseudonym("login", _encodable(login_form(login)))

    def subject_of(self, device_account: str) -> str:
        """The subject that an account on devices is.

        Raises:
            AccountRefused: no device could send such a name.
        """
        return self._seals.pseudonym("subject", _checked("account on devices", device_account, most=256))

    def credentials(self, connection: Connection, login_pseudonym: str) -> tuple[str, str] | None:
        """Id and password hash of an account that is open."""
        row = self._row(connection, accounts.c.login == login_pseudonym, accounts.c.disabled_at.is_(None))
        return (row.id, row.password) if row is not None else None

    def person(self, connection: Connection, account: str) -> Person | None:
        """Who an open account is."""
        found = self.listed(connection, accounts.c.id == account, accounts.c.disabled_at.is_(None))
        return found[0].person if found else None

    def names(self, connection: Connection) -> Mapping[str, str]:
        """What each account is called, by its id; also those that are closed."""
        mine = accounts.c.organisation == self.organisation
        rows = connection.execute(select(accounts.c.id, accounts.c.name).where(mine))
        return {row.id: self._name(row.name) for row in rows}

    def routes(self, connection: Connection) -> Routes:
        """Where items about linked people go, as the links are in this transaction."""
        records = self.listed(connection)
        return routes_for(
            [record.person for record in records if record.disabled_at_ms is None],
            [record.person for record in records if record.disabled_at_ms is not None],
        )

    # --- rows

    def _name(self, name: bytes) -> str:
        """One that is damaged costs nobody else a page, nor its account the way in."""
        try:
            return self._seals.open("", NAME_FIELD, name)
        except SealError:
            return UNREADABLE

    def _this(self, account: str) -> tuple[Any, ...]:
        return accounts.c.organisation == self.organisation, accounts.c.id == account

    def _row(self, connection: Connection, *where: Any) -> Row[Any] | None:
        query = select(accounts).where(accounts.c.organisation == self.organisation, *where)
        return connection.execute(query).one_or_none()

    def _id_of(self, connection: Connection, login: str) -> str:
        return str(self._named(connection, login).id)

    def _named(self, connection: Connection, login: str) -> Row[Any]:
        """The account of a login, or of an id as it is listed: a leaver's login may be known to nobody."""
        row = self._row(connection, accounts.c.login == self.login_pseudonym(login))
        if row is None:
            row = self._row(connection, accounts.c.id == _encodable(login_form(login)))
        if row is None:
            raise AccountRefused("there is no account with this login or id")
        return row

    def listed(self, connection: Connection, *where: Any) -> Sequence[AccountRecord]:
        mine = (accounts.c.organisation == self.organisation, *where)
        rows = connection.execute(
            select(accounts).where(*mine).order_by(accounts.c.created_at, accounts.c.id)
        )
        roles = self._by_account(connection, account_roles, account_roles.c.role, *mine)
        links = self._by_account(connection, account_links, account_links.c.subject, *mine)
        return [
            AccountRecord(
                person=Person(
                    account=row.id,
                    name=self._name(row.name),
                    roles=frozenset(Role(found.role) for found in roles(row.id)),
                    own_subjects=_subjects(links(row.id), Relation.SELF),
                    child_subjects=_subjects(links(row.id), Relation.CHILD),
                ),
                created_at_ms=row.created_at,
                disabled_at_ms=row.disabled_at,
            )
            for row in rows
        ]

    def _by_account(
        self, connection: Connection, table: Any, order: Any, *where: Any
    ) -> Callable[[str], list[Row[Any]]]:
        belongs = (table.c.organisation == accounts.c.organisation) & (table.c.account == accounts.c.id)
        found: dict[str, list[Row[Any]]] = {}
        for row in connection.execute(
            select(table).join_from(accounts, table, belongs).where(*where).order_by(order)
        ):
            found.setdefault(row.account, []).append(row)
        return lambda account: found.get(account, [])

    def _write_roles(self, connection: Connection, account: str, roles: Iterable[Role]) -> None:
        for role in in_order(roles):
            connection.execute(
                insert(account_roles).values(organisation=self.organisation, account=account, role=role.value)
            )

    def _write_link(self, connection: Connection, account: str, link: Link) -> None:
        connection.execute(
            insert(account_links).values(
                organisation=self.organisation,
                account=account,
                subject=self.subject_of(link.device_account),
                relation=link.relation.value,
            )
        )

    def _unlink(self, connection: Connection, account: str, subject: str) -> bool:
        where = (
            account_links.c.organisation == self.organisation,
            account_links.c.account == account,
            account_links.c.subject == subject,
        )
        return connection.execute(delete(account_links).where(*where)).rowcount > 0

    def _record(
        self, connection: Connection, actor: str, verb: str, account: str, unlinked: Iterable[str] = ()
    ) -> None:
        """What each change brings: items move, sessions end, collectors hear of it, it is on record."""
        # First: whatever ingest stores by the links as they were is stored before this, and moves too.
        take_revision(connection, self.organisation)
        routes = self.routes(connection)
        reroute(connection, self.organisation, routes, {*routes.exceptions, *unlinked})
        close_sessions_of(connection, self.organisation, account)
        bump(connection, self.organisation, "people")
        append(connection, AuditEntry(organisation=self.organisation, actor=actor, verb=verb, object=account))


def _subjects(links: Iterable[Row[Any]], relation: Relation) -> frozenset[str]:
    return frozenset(link.subject for link in links if link.relation == relation.value)


def _checked(what: str, text: str, *, most: int = MOST_CHARACTERS) -> str:
    if not text or len(text) > most or not text.isprintable():
        raise AccountRefused(f"the {what} must be printable and have 1 to {most} characters")
    return text


def _check_roles(roles: Collection[Role]) -> None:
    if not roles:
        raise AccountRefused("an account needs a role")


def _encodable(text: str) -> str:
    """A lone surrogate is no character: such a login exists nowhere, but must cost no more than another."""
    return text.encode("utf-8", "replace").decode()
