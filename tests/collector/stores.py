"""Migrated stores on both databases, and looking into them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.db.migrate import migrate
from lamplighter_collector.db.schema import metadata
from sqlalchemy import Engine, Table, delete, select


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


def empty(engine: Engine) -> None:
    """As after the migration."""
    with engine.begin() as connection:
        for table in metadata.tables.values():
            connection.execute(delete(table))
