"""What went wrong in a database, in the collector's own words.

Two kinds matter: the machine is the reason and the same may succeed later (`StoreUnavailable`), or the
content is the reason and it never will (`NotStorable`). Messages name the kind and never quote: PostgreSQL's
own text repeats the value that it refuses.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lamplighter_collector.errors import NotStorable, StoreUnavailable

_SQLITE_TRANSIENT: Final = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_ERROR,
    }
)
"""Everything else is blamed on an item, which is then looked for."""
_CONTENT: Final = ("21", "22", "23", "54")
"""Classes of SQLSTATE that blame the content: cardinality, data, integrity, a limit of the program. All
others (connection, read-only, serialisation, deadlock, full, schema, shutdown) blame the machine."""


DatabaseError = sqlite3.Error | psycopg.Error | SQLAlchemyError


def fault_of(error: DatabaseError) -> StoreUnavailable | NotStorable:
    """Say which kind it is."""
    driver_error = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(driver_error, sqlite3.Error):
        return _of_sqlite(driver_error)
    if isinstance(driver_error, psycopg.Error):
        return _of_postgresql(driver_error)
    return StoreUnavailable(type(error).__name__)  # such as a pool that has none to give in time


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise the collector's own error in place of the driver's, without it: its text may quote a value.

    Raises:
        StoreUnavailable: the same may succeed later.
        NotStorable: it never will.
    """
    try:
        yield
    except (sqlite3.Error, psycopg.Error, SQLAlchemyError) as error:
        raise fault_of(error) from None


def _of_sqlite(error: sqlite3.Error) -> StoreUnavailable | NotStorable:
    code = getattr(error, "sqlite_errorcode", None)
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    if isinstance(code, int) and code & 0xFF in _SQLITE_TRANSIENT:
        return StoreUnavailable(name)
    return NotStorable(name)


def _of_postgresql(error: psycopg.Error) -> StoreUnavailable | NotStorable:
    state, name = error.sqlstate, type(error).__name__
    if state is None:
        # Without an answer of the server: either the connection, or a value that can't be sent, such as NUL.
        return NotStorable(name) if isinstance(error, psycopg.DataError) else StoreUnavailable(name)
    return NotStorable(name) if state.startswith(_CONTENT) else StoreUnavailable(name)
