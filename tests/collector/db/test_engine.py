import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lamplighter_collector.db.engine import reading_engine, writing_engine
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.ingest.models import context_counts
from sqlalchemy import Engine, func, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError

from tests.collector.postgresql import Cluster


def pragma(engine: Engine, name: str) -> object:
    with engine.begin() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_sqlites_writer_survives_a_power_cut(sqlite_engine: Engine) -> None:
    assert pragma(sqlite_engine, "journal_mode") == "wal"
    assert pragma(sqlite_engine, "synchronous") == 2


@pytest.mark.usefixtures("sqlite_engine")
def test_sqlites_file_is_for_its_owner_only(tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "store.sqlite3").stat().st_mode) == 0o600


def test_reader_can_not_write(store_url: str) -> None:
    reader = reading_engine(store_url)
    with pytest.raises(DBAPIError, match=r"read-?only"), reader.begin() as connection:
        connection.execute(text("DELETE FROM incidents"))
    reader.dispose()


def test_errors_do_not_hold_parameters(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as failure, engine.begin() as connection:
        connection.execute(text("SELECT :words FROM nowhere"), {"words": "zebra lantern"})
    assert "zebra" not in str(failure.value)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"store\.url"):
        writing_engine(f"sqlite:///{tmp_path / 'nowhere' / 'store.sqlite3'}")


def setting(engine: Engine, name: str) -> object:
    with engine.begin() as connection:
        return connection.exec_driver_sql(f"SHOW {name}").scalar()


@pytest.fixture
def url(cluster: Cluster) -> str:
    return cluster.url(cluster.new_database())


def test_postgresqls_writer_survives_a_power_cut_whatever_its_settings(cluster: Cluster, url: str) -> None:
    database = make_url(url).database
    with cluster.connect() as connection:
        connection.execute(f"ALTER DATABASE {database} SET synchronous_commit = off")
    with closing(writing_engine(url)) as engine:
        assert setting(engine, "synchronous_commit") == "on"
        assert setting(engine, "application_name") == "lamplighter-writer"
        assert setting(engine, "lock_timeout") == "10s"
    with cluster.connect() as connection:
        connection.execute(f"ALTER DATABASE {database} SET synchronous_commit = remote_apply")
    with closing(writing_engine(url)) as engine:
        assert setting(engine, "synchronous_commit") == "remote_apply"


def test_a_reader_sees_one_moment_of_the_store(engine: Engine, store_url: str) -> None:
    count = select(func.count()).select_from(context_counts)
    row = {"organisation": "one", "day": "2026-11-21", "theme": "drugs", "count": 1}
    with closing(reading_engine(store_url)) as reader:
        with reader.begin() as looking:
            assert looking.scalar(count) == 0
            with engine.begin() as connection:
                connection.execute(insert(context_counts), row)
            assert looking.scalar(count) == 0
        with reader.begin() as looking:
            assert looking.scalar(count) == 1


@pytest.mark.kill
@pytest.mark.parametrize("open_engine", [writing_engine, reading_engine])
def test_a_lost_connection_is_made_anew(
    cluster: Cluster, url: str, open_engine: Callable[[str], Engine]
) -> None:
    ask = text("SELECT pg_backend_pid()")
    with closing(open_engine(url)) as engine:
        with engine.begin() as connection:
            first = connection.scalar(ask)
        with cluster.connect() as connection_of_ours:
            connection_of_ours.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
        with engine.begin() as connection:
            assert connection.scalar(ask) != first


@contextmanager
def closing(engine: Engine) -> Iterator[Engine]:
    yield engine
    engine.dispose()
