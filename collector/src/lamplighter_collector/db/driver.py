"""The one hot path to the store: statements written as SQLAlchemy constructs, sent by the driver.

Building a statement costs more than running it, so each is compiled once for each database, at import, and a
group of rows is one execution. Rows are tuples in the order of the table's columns. Errors are the driver's
own; `faults` puts them into our words. Used on the writer thread only.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, Protocol

from sqlalchemy import Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql import ClauseElement

Row = tuple[object, ...]
Changes = Callable[[Any, Any], Mapping[str, Any]]
"""What a row becomes that is there already: from the columns of the old and of the new one."""

_DIALECTS: Final[Mapping[str, Dialect]] = {
    "sqlite": sqlite.dialect(),
    "postgresql": PGDialect_psycopg(paramstyle="format"),  # type: ignore[no-untyped-call]
}
_MARKS: Final = {"sqlite": "?", "postgresql": "%s"}
INSERTS: Final[Mapping[str, Callable[[Table], Any]]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""Each database's own ``insert``, which knows ON CONFLICT, by the name of its dialect."""
_VALUES: Final = re.compile(r" VALUES (\([^()]+\))")
_CAST: Final = re.compile(r"%s::\w+")
_ROWS_AT_ONCE: Final = tuple(1 << power for power in range(10, -1, -1))
"""Powers of two, so that any group takes few executions; 1,024 of the widest rows stay below SQLite's bound
of 32,766 parameters."""


class _DriverCursor(Protocol):
    """What is used of the driver's cursor."""

    @property
    def rowcount(self) -> int: ...
    def execute(self, sql: str, parameters: Sequence[object] = ..., /) -> object: ...
    def fetchall(self) -> Sequence[Row]: ...
    def close(self) -> object: ...


class Cursor:
    """The driver's cursor inside one transaction, with the database it speaks to."""

    __slots__ = ("_cursor", "dialect", "mark")

    def __init__(self, cursor: _DriverCursor, dialect: str) -> None:
        self._cursor = cursor
        self.dialect = dialect
        self.mark = _MARKS[dialect]
        """Stands for one parameter in SQL that a caller writes by itself."""

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run it; answers how many rows the database changed or found."""
        self._cursor.execute(sql, parameters)
        return self._cursor.rowcount

    def rows(self) -> Sequence[Row]:
        """What the last statement answered."""
        return self._cursor.fetchall()


def compiled(build: Callable[[Callable[[Table], Any]], ClauseElement]) -> Mapping[str, str]:
    """The SQL of one statement for each database; ``build`` is given the database's own ``insert``.

    Without the casts that SQLAlchemy writes for PostgreSQL: the driver says what a parameter is.
    """
    return {
        name: _CAST.sub("%s", str(build(INSERTS[name]).compile(dialect=dialect)))
        for name, dialect in _DIALECTS.items()
    }


class DriverStatement:
    """One INSERT over all columns of a table, for any number of rows.

    A row whose key is there already is left alone, or changed as ``changes`` says.

    The driver gives up Python's lock several times per execution, and with a busy loop beside it gets it back
    late each time. So as many rows as possible go into one execution: SQLite is given a list of rows, which
    is compiled for several lengths, PostgreSQL a list for each column, at a tenth of the cost of one
    parameter per value.
    """

    def __init__(self, table: Table, changes: Changes | None = None) -> None:
        def build(insert: Callable[[Table], Any]) -> ClauseElement:
            new = insert(table)
            if changes is None:
                done: ClauseElement = new.on_conflict_do_nothing()
            else:
                key = [column.name for column in table.primary_key]
                done = new.on_conflict_do_update(index_elements=key, set_=changes(table.c, new.excluded))
            return done

        parts = {name: _VALUES.split(sql) for name, sql in compiled(build).items()}
        head, values, tail = parts["sqlite"]
        self._by_rows = {rows: f"{head} VALUES {', '.join([values] * rows)}{tail}" for rows in _ROWS_AT_ONCE}
        head, _, tail = parts["postgresql"]
        kinds = [column.type.compile(dialect=_DIALECTS["postgresql"]) for column in table.columns]
        lists = ", ".join(f"%b::{kind}[]" for kind in kinds)  # %b: in the binary form
        self._by_columns = f"{head} SELECT * FROM unnest({lists}){tail}"  # noqa: S608 - our names

    def many(self, cursor: Cursor, rows: Sequence[Row]) -> int:
        """Insert the rows; answers how many rows the database changed."""
        if not rows:
            return 0
        if cursor.dialect == "postgresql":
            return cursor.execute(self._by_columns, [list(column) for column in zip(*rows, strict=True)])
        changed, start = 0, 0
        for size in _ROWS_AT_ONCE:
            while len(rows) - start >= size:
                some = list(chain.from_iterable(rows[start : start + size]))
                changed += cursor.execute(self._by_rows[size], some)
                start += size
        return changed


@contextlib.contextmanager
def transaction(engine: Engine) -> Iterator[Cursor]:
    """Commit at the end, roll back on any error. SQLite's write lock is taken at its beginning."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        try:
            if engine.dialect.name == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            yield Cursor(cursor, engine.dialect.name)
            connection.commit()
        except BaseException:
            _roll_back(connection)
            raise
        finally:
            cursor.close()
    finally:
        connection.close()


def _roll_back(connection: PoolProxiedConnection) -> None:
    """On a lost connection there is nothing to roll back: it is thrown away, and the next one is new."""
    try:
        connection.rollback()
    except Exception:  # noqa: BLE001 - whatever it is, this connection is of no more use
        connection.invalidate()
