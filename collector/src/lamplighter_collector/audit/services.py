"""Append to the audit trail in the caller's transaction, and read it.

What is done and its audit row commit together or not at all. The head row is the lock: on PostgreSQL two
collectors that append at once wait for each other; on SQLite there is one writer anyway.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, insert, select, type_coerce, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.types import NullType

from lamplighter_collector.audit.chain import START, Anchor, Finding, Link, RowUnreadable, follow, hash_of
from lamplighter_collector.audit.models import audit, audit_heads
from lamplighter_collector.audit.operator import operator
from lamplighter_collector.clock import now_ms
from lamplighter_collector.db.driver import INSERTS

CONSOLE = "console"
"""The actor of the command line."""
COLLECTOR = "collector"
"""The actor of what happens by itself."""
WHY = "audit.why"
"""The field that a reason is sealed for, under the organisation's own key (subject "")."""

_PAGE: Final = 1000
_KEY: Final = "audit_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to what, in which role, and why."""

    organisation: str
    actor: str
    verb: str
    object: str
    role: str = ""
    why: bytes | bytearray | None = field(default=None, repr=False)
    """Sealed by the caller for `WHY`."""


def keyed(engine: Engine, key: bytes) -> None:
    """Have what is appended and verified through this engine chained with the key ring's key.

    A row that was appended without it is named by whoever verifies with it.
    """
    engine.update_execution_options(**{_KEY: key})


def append(connection: Connection, entry: AuditEntry) -> int:
    """Add a row to the organisation's trail; answers its number. The caller commits."""
    number, previous = _head(connection, entry.organisation)
    link = Link(
        organisation=entry.organisation,
        number=number + 1,
        at=now_ms(),
        actor=entry.actor,
        # A verb of the command line has no session: the account of the machine stands in the role's place.
        role=operator() if entry.actor == CONSOLE else entry.role,
        verb=entry.verb,
        object=entry.object,
        why=entry.why,
        previous=previous,
        hash="",
    )
    link = link._replace(hash=hash_of(link, _key_of(connection)))
    connection.execute(insert(audit).values(link._asdict()))
    connection.execute(
        update(audit_heads)
        .where(audit_heads.c.organisation == entry.organisation)
        .values(number=link.number, hash=link.hash)
    )
    return link.number


def verify(connection: Connection, organisation: str, since: Anchor | None = None) -> Finding:
    """Follow the whole trail, also through a damaged file. ``since`` is a row that must be in it."""
    with _any_text(connection):
        head = connection.execute(_head_of(organisation)).first()
        last, last_hash = (head.number, head.hash) if head else (0, START)
        return follow(
            entries(connection, organisation),
            key=_key_of(connection),
            last=last,
            last_hash=last_hash,
            since=since,
        )


def entries(connection: Connection, organisation: str) -> Iterator[Link]:
    """All rows, oldest first, a page at a time.

    Raises:
        RowUnreadable: the database's file is damaged there.
    """
    columns = [column if column.name != "why" else type_coerce(column, NullType()) for column in audit.c]
    query = select(*columns).where(audit.c.organisation == organisation).order_by(audit.c.number)
    page = _page(connection, query, _PAGE)
    while page:
        yield from page
        page = _page(connection, query.where(audit.c.number > page[-1].number), _PAGE)


def _page(connection: Connection, query: Select[Any], size: int) -> list[Link]:
    """The next rows; of a page that is damaged somewhere, one."""
    try:
        return [Link(*row) for row in connection.execute(query.limit(size))]
    except DatabaseError as error:
        if not _is_damage(error):
            raise
        if size == 1:
            raise RowUnreadable from None
    return _page(connection, query, 1)


def _is_damage(error: DatabaseError) -> bool:
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT


@contextmanager
def _any_text(connection: Connection) -> Iterator[None]:
    """SQLite gives a text that is no UTF-8 any more as one that no text was, instead of an error."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    before = driver.text_factory
    driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = before


def _key_of(connection: Connection) -> bytes:
    return bytes(connection.get_execution_options().get(_KEY, b""))


def _head(connection: Connection, organisation: str) -> tuple[int, str]:
    """Number and hash of the last row; the head is locked until the caller's transaction ends."""
    query = _head_of(organisation).with_for_update()
    head = connection.execute(query).first()
    if head is None:
        _begin_trail(connection, organisation)
        head = connection.execute(query).one()
    return head.number, head.hash


def _head_of(organisation: str) -> Select[tuple[int, str]]:
    return select(audit_heads.c.number, audit_heads.c.hash).where(audit_heads.c.organisation == organisation)


def _begin_trail(connection: Connection, organisation: str) -> None:
    """Of two that begin it at once, the second finds the first one's head."""
    head = INSERTS[connection.dialect.name](audit_heads).values(
        organisation=organisation, number=0, hash=START
    )
    connection.execute(head.on_conflict_do_nothing())
