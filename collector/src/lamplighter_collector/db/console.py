"""The store for one verb of the command line, beside a collector that may be running."""

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection, Engine

from lamplighter_collector.db.engine import reading_engine, writing_engine
from lamplighter_collector.db.faults import translated
from lamplighter_collector.db.migrate import migrate


@contextlib.contextmanager
def reading(url: str) -> Iterator[Connection]:
    """A snapshot of the store.

    Raises:
        StoreUnavailable: it can't be read, or was never made.
    """
    with _used(reading_engine(url, connections=1)) as engine, engine.begin() as connection:
        yield connection


@contextlib.contextmanager
def administering(url: str) -> Iterator[Engine]:
    """The store to change something in, brought to this version's schema first.

    Raises:
        ConfigError: it can't be made.
        StoreUnavailable: it can't be written.
    """
    with _used(writing_engine(url)) as engine:
        migrate(engine)
        yield engine


@contextlib.contextmanager
def _used(engine: Engine) -> Iterator[Engine]:
    try:
        with translated():
            yield engine
    finally:
        engine.dispose()
