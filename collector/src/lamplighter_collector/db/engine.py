"""Engines over the one store, with what each connection is allowed.

SQLite in WAL mode with ``synchronous=FULL``: after a commit returned, the rows survive a power cut. With many
detections in one commit FULL costs nothing against NORMAL, which may lose what was acknowledged. There is one
writing connection; it takes the write lock when its transaction begins, so it never fails half-way for want
of it. Readers can't write at all.
"""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from lamplighter_collector.errors import ConfigError

_WRITER = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "cache_size=-65536",
    "wal_autocheckpoint=8000",
)
_READER = ("query_only=ON", "busy_timeout=10000", "cache_size=-16384")


def writing_engine(url: str) -> Engine:
    """The engine of the writer thread and of migrations; creates the file, readable by its owner only."""
    _create_private(url)
    return _engine(url, pragmas=_WRITER, begin="BEGIN IMMEDIATE", connections=1)


def reading_engine(url: str, *, connections: int = 4) -> Engine:
    """The engine of pages and read verbs: a snapshot per transaction, never waiting for the writer."""
    return _engine(url, pragmas=_READER, begin="BEGIN", connections=connections)


def _create_private(url: str) -> None:
    path = Path(make_url(url).database or "")
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise ConfigError("store.url", f"{path}: {error.strerror}") from error


def _engine(url: str, *, pragmas: tuple[str, ...], begin: str, connections: int) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        # An error's message is logged; the parameters would be a child's words.
        hide_parameters=True,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )

    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    def open_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", open_transaction)
    return engine
