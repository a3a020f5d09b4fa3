"""A store of its own for each test of the collector: each such test runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_collector.db.engine import writing_engine
from sqlalchemy import Engine

from tests.collector.postgresql import Cluster
from tests.collector.stores import new_store
from tests.collector.terminal import Terminal, terminal_over


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with Cluster() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty store."""
    if request.param == "sqlite":
        engine, url = new_store(tmp_path)
        engine.dispose()
        yield url
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    database = cluster.new_database()
    yield cluster.url(database)
    cluster.drop(database)


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    """The writing engine of the store."""
    engine = writing_engine(store_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """A store for what is SQLite's alone."""
    engine, _ = new_store(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def terminal(tmp_path: Path, store_url: str) -> Iterator[Terminal]:
    """Of a collector that was never started, with an empty store of each kind."""
    with terminal_over(tmp_path, store_url) as terminal:
        yield terminal
