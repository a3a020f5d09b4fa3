import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.db.migrate import migrate
from lamplighter_collector.db.schema import metadata
from lamplighter_collector.errors import ConfigError, StoreUnavailable
from lamplighter_collector.keys.fields import sealed_fields
from sqlalchemy import Engine

from tests.collector.postgresql import Cluster


def test_migrations_make_exactly_the_schema(engine: Engine) -> None:
    with engine.begin() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    # What a column is for stands in the models only.
    assert [entry for entry in found if not is_comment(entry)] == []


def is_comment(entry: Any) -> bool:
    return isinstance(entry, list) and {change[0] for change in entry} == {"modify_comment"}


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    assert migrate(engine) == migrate(engine)


def test_a_store_of_another_version_is_refused_by_name(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE losses DROP COLUMN count")
    with pytest.raises(ConfigError, match="its table losses was made by another version"):
        migrate(engine)


def test_a_store_of_a_newer_collector_is_refused_in_plain_words(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConfigError, match="the store is at 9999, which only a newer collector knows"):
        migrate(engine)


def test_collectors_that_start_at_once_on_one_database_take_turns(cluster: Cluster) -> None:
    url = cluster.url(cluster.new_database("template0"))
    start = threading.Barrier(4)

    def begin(_number: int) -> str:
        engine = writing_engine(url)
        start.wait(timeout=10)
        revision = migrate(engine)
        engine.dispose()
        return revision

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(begin, range(4)))) == 1


def test_a_database_of_another_order_or_encoding_is_refused(cluster: Cluster) -> None:
    options = ("ENCODING 'SQL_ASCII'", "LC_COLLATE 'C'", "LC_CTYPE 'C'")
    engine = writing_engine(cluster.url(cluster.new_database("template0", *options)))
    with pytest.raises(ConfigError, match="createdb --template=template0 --encoding=UTF8 --locale=C"):
        migrate(engine)
    engine.dispose()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    engine = writing_engine("postgresql+psycopg://lamplighter:zebra@/store?host=/nowhere")
    with pytest.raises(StoreUnavailable, match="/nowhere") as failure:
        migrate(engine)
    assert "zebra" not in str(failure.value)
    engine.dispose()


def test_every_key_leads_with_the_organisation() -> None:
    for table in metadata.tables.values():
        assert next(iter(table.primary_key.columns)).name == "organisation", table.name


def test_text_of_a_person_stands_in_sealed_columns() -> None:
    sealed = {field.name for field in sealed_fields(metadata)}
    assert {"audit.why", "decisions.note", "detections.evidence", "subjects.name"} <= sealed
