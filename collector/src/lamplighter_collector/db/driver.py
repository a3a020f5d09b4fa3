"""The one hot path to the store: statements written as SQLAlchemy constructs, sent by the driver.

Building a statement costs more than running it, so each is compiled once, at import, and a group of rows is
one ``executemany``. Rows are tuples in the order of the table's columns. Errors are the driver's own
(`sqlite3.Error`), whose messages never hold a parameter. Used on the writer thread only.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, Protocol

from sqlalchemy import Engine
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ClauseElement

Row = tuple[object, ...]


class Cursor(Protocol):
    """What is used of the driver's cursor."""

    @property
    def rowcount(self) -> int: ...
    def execute(self, sql: str, parameters: Sequence[object] = ..., /) -> object: ...
    def executemany(self, sql: str, rows: Sequence[Row], /) -> object: ...
    def fetchone(self) -> Row | None: ...
    def fetchall(self) -> Sequence[Row]: ...
    def close(self) -> object: ...


_DIALECT: Final = sqlite.dialect()
_VALUES: Final = re.compile(r"(?<= VALUES )(\([?, ]+\))")
_ROWS_AT_ONCE: Final = tuple(1 << power for power in range(10, -1, -1))
"""Powers of two, so that any group takes few executions; 1,024 of the widest rows stay below SQLite's bound
of 32,766 parameters."""


class DriverStatement:
    """One INSERT over all columns of a table, compiled for several numbers of rows.

    The driver gives up Python's lock several times per execution, and with a busy loop beside it gets it back
    late each time. So as many rows as possible go into one execution.
    """

    def __init__(self, insert: ClauseElement) -> None:
        sql = str(insert.compile(dialect=_DIALECT))
        head, values, tail = _VALUES.split(sql)
        self._sql = {rows: f"{head}{', '.join([values] * rows)}{tail}" for rows in _ROWS_AT_ONCE}

    def many(self, cursor: Cursor, rows: Sequence[Row]) -> int:
        """Insert the rows; answers how many rows the database changed."""
        changed, start = 0, 0
        for size in _ROWS_AT_ONCE:
            while len(rows) - start >= size:
                cursor.execute(self._sql[size], list(chain.from_iterable(rows[start : start + size])))
                changed += cursor.rowcount
                start += size
        return changed


@contextlib.contextmanager
def transaction(engine: Engine) -> Iterator[Cursor]:
    """Commit at the end, roll back on any error. Takes the write lock at its beginning."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE")
            yield cursor
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        finally:
            cursor.close()
    finally:
        connection.close()
