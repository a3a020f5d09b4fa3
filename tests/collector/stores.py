"""Migrated stores on both databases, and looking into them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lamplighter_collector.db import migrations
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.db.migrate import migrate
from lamplighter_collector.db.schema import metadata
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.devices.register import Entry, enter
from sqlalchemy import Engine, Table, delete, select

SCHEMA = max(path.name[:4] for path in (Path(migrations.__file__).parent / "versions").glob("0*.py"))
"""The newest migration."""
ENROLLED_MS = 1_795_161_600_000
AFTER_MS = 1_796_371_200_000


def new_store(folder: Path) -> tuple[Engine, str]:
    """On SQLite."""
    url = f"sqlite:///{folder / 'store.sqlite3'}"
    engine = writing_engine(url)
    migrate(engine)
    return engine, url


def rows(engine: Engine, table: Table, *columns: str) -> list[tuple[Any, ...]]:
    chosen: Sequence[Any] = [table.c[name] for name in columns] or list(table.columns)
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(select(*chosen).order_by(*chosen))]


def register(engine: Engine, *names: DeviceName) -> None:
    """Enter devices in the register as their enrolment does."""
    with engine.begin() as connection:
        for name in names:
            entry = Entry(name=name, group="pupils", attester=b"sealed", serial="5", not_after=AFTER_MS)
            enter(connection, entry, ENROLLED_MS)


def empty(engine: Engine) -> None:
    """As after the migration."""
    with engine.begin() as connection:
        for table in metadata.tables.values():
            connection.execute(delete(table))
