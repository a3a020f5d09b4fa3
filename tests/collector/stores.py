"""A migrated store in a file, and looking into it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.db.migrate import migrate
from sqlalchemy import Engine, Table, select


def new_store(folder: Path) -> tuple[Engine, str]:
    url = f"sqlite:///{folder / 'store.sqlite3'}"
    engine = writing_engine(url)
    migrate(engine)
    return engine, url


def rows(engine: Engine, table: Table, *columns: str) -> list[tuple[Any, ...]]:
    chosen: Sequence[Any] = [table.c[name] for name in columns] or list(table.columns)
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(select(*chosen).order_by(*chosen))]
