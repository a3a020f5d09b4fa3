"""Engines over the one store, with what each connection is allowed.

After a commit returned, the rows survive a power cut, on both databases: SQLite is in WAL mode with
``synchronous=FULL`` (with many detections in one commit that costs nothing against NORMAL, which may lose
what was acknowledged), PostgreSQL commits synchronously whatever its own settings say. There is one writing
connection. Readers can't write at all; each of their transactions sees one moment of the store.

A connection to PostgreSQL is tried before it is used, so that one that was lost is made anew. Pages and
writer wait for nobody without a bound.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.types.numeric import Int8BinaryDumper
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from lamplighter_collector.errors import ConfigError

_WRITER: Final = (
    "busy_timeout=10000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-65536",
    "wal_autocheckpoint=8000",
)
_READER: Final = ("query_only=ON", "busy_timeout=10000", "cache_size=-16384")
_TIMEOUTS: Final = "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'"
_DURABLE: Final = (
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
)
_CONNECT: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "client_encoding": "utf8",
}
"""A server that vanished without a word is noticed within half a minute."""


def writing_engine(url: str) -> Engine:
    """The engine of the writer thread and of migrations; creates SQLite's file, for its owner only."""
    if _is_postgresql(url):
        return _postgresql(url, name="lamplighter-writer", prepare=_prepare_writer, connections=1)
    return _sqlite(url, pragmas=_WRITER, begin="BEGIN IMMEDIATE", connections=1)


def reading_engine(url: str, *, connections: int = 4) -> Engine:
    """The engine of pages and read verbs: a snapshot per transaction, never waiting for the writer."""
    if _is_postgresql(url):
        return _postgresql(url, name="lamplighter-reader", prepare=_prepare_reader, connections=connections)
    return _sqlite(url, pragmas=_READER, begin="BEGIN", connections=connections)


def _is_postgresql(url: str) -> bool:
    return make_url(url).get_backend_name() == "postgresql"


def _create_private(url: str) -> None:
    path = Path(make_url(url).database or "")
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise ConfigError("store.url", f"{path}: {error.strerror}") from error


def _engine(url: str, connections: int, connect_args: dict[str, Any]) -> Engine:
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=_is_postgresql(url),
        # An error's message is logged; the parameters would be a child's words.
        hide_parameters=True,
        connect_args=connect_args,
    )


def _sqlite(url: str, *, pragmas: tuple[str, ...], begin: str, connections: int) -> Engine:
    # Whoever is first: a read verb before the first start must not leave a file that others can read.
    _create_private(url)
    engine = _engine(url, connections, {"check_same_thread": False, "isolation_level": None})

    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    def open_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", open_transaction)
    return engine


def _postgresql(
    url: str, *, name: str, prepare: Callable[[psycopg.Connection], None], connections: int
) -> Engine:
    engine = _engine(url, connections, {"application_name": name, **_CONNECT})

    def on_connect(connection: psycopg.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.autocommit = True
        connection.execute(_TIMEOUTS)
        prepare(connection)
        connection.autocommit = False

    event.listen(engine, "connect", on_connect)
    return engine


def _prepare_writer(connection: psycopg.Connection) -> None:
    connection.execute(_DURABLE)
    # Always eight bytes: else each mixture of small and large numbers is a statement to prepare of its own.
    connection.adapters.register_dumper(int, Int8BinaryDumper)


def _prepare_reader(connection: psycopg.Connection) -> None:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
