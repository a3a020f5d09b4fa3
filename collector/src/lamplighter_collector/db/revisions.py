"""The counter of changes that open pages follow: one row per organisation.

Whoever changes an incident takes the next number in the same transaction, before it touches the incident.
The row stays locked until that commit, so that, with several collectors on one PostgreSQL too, a lower number
never becomes visible after a higher one: a page that asks for what is newer misses nothing.
"""

from typing import Any, Final

from sqlalchemy import Connection, PrimaryKeyConstraint, Table, select

from lamplighter_collector.db.base import metadata, number, text
from lamplighter_collector.db.driver import INSERTS, Cursor, compiled

revisions = Table(
    "revisions",
    metadata,
    text("organisation", "Whose incidents."),
    number("revision", "The commit that changed one of them last."),
    PrimaryKeyConstraint("organisation"),
    sqlite_with_rowid=False,
)


def _next(insert: Any, organisation: str = "") -> Any:
    return (
        insert(revisions)
        .values(organisation=organisation, revision=1)
        .on_conflict_do_update(index_elements=["organisation"], set_={"revision": revisions.c.revision + 1})
        .returning(revisions.c.revision)
    )


_NEXT: Final = compiled(_next)


def next_revision(cursor: Cursor, organisation: str) -> int:
    """Take the next number; nobody else of the organisation gets one until this transaction ends."""
    cursor.execute(_NEXT[cursor.dialect], (organisation, 1, 1))
    ((revision,),) = cursor.rows()
    return int(str(revision))


def take_revision(connection: Connection, organisation: str) -> int:
    """`next_revision` for a transaction of SQLAlchemy."""
    statement = _next(INSERTS[connection.dialect.name], organisation)
    return int(connection.execute(statement).scalar_one())


def last_revision(connection: Connection, organisation: str) -> int:
    """The newest number that this transaction can see; 0 before the first."""
    return (
        connection.scalar(select(revisions.c.revision).where(revisions.c.organisation == organisation)) or 0
    )
