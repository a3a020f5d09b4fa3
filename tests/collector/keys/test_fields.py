from lamplighter_collector.audit.models import audit
from lamplighter_collector.db.schema import metadata
from lamplighter_collector.keys.fields import holds_sealed, sealed_fields
from sqlalchemy import Engine, LargeBinary, insert


def test_sealed_columns_are_found_by_their_table() -> None:
    fields = {field.name: field for field in sealed_fields(metadata)}
    assert fields["audit.why"].subject is None
    for name, field in fields.items():
        assert isinstance(field.column.type, LargeBinary), name
        assert field.subject is None or field.subject.table is field.table, name


def test_a_store_holds_sealed_text_once_a_field_is_filled(engine: Engine) -> None:
    row = {column.name: 1 if column.name in {"number", "at"} else "x" for column in audit.columns}
    with engine.begin() as connection:
        assert not holds_sealed(connection, metadata, "x")
        connection.execute(insert(audit).values(row | {"why": None}))
        assert not holds_sealed(connection, metadata, "x")
        connection.execute(insert(audit).values(row | {"number": 2, "why": b"sealed"}))
        assert holds_sealed(connection, metadata, "x")
        assert not holds_sealed(connection, metadata, "Another School")
