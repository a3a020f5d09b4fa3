from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from lamplighter_collector.db.migrate import migrate
from lamplighter_collector.db.schema import metadata
from sqlalchemy import Engine


def test_migrations_make_exactly_the_schema(engine: Engine) -> None:
    with engine.begin() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    # What a column is for stands in the models only.
    assert [entry for entry in found if not is_comment(entry)] == []


def is_comment(entry: Any) -> bool:
    return isinstance(entry, list) and {change[0] for change in entry} == {"modify_comment"}


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    assert migrate(engine) == migrate(engine)


def test_every_key_leads_with_the_organisation() -> None:
    for table in metadata.tables.values():
        assert next(iter(table.primary_key.columns)).name == "organisation", table.name


def test_text_of_a_person_stands_in_columns_of_its_own() -> None:
    evidence = {
        f"{t.name}.{c.name}" for t in metadata.tables.values() for c in t.columns if "evidence" in c.name
    }
    assert evidence == {
        "detections.evidence_before",
        "detections.evidence_matched",
        "detections.evidence_after",
    }
