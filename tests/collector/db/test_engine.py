import stat
from pathlib import Path

import pytest
from lamplighter_collector.db.engine import reading_engine, writing_engine
from lamplighter_collector.errors import ConfigError
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError


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
