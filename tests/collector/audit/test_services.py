from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lamplighter_collector.audit.chain import Finding
from lamplighter_collector.audit.models import audit, audit_heads
from lamplighter_collector.audit.operator import operator
from lamplighter_collector.audit.services import (
    COLLECTOR,
    CONSOLE,
    AuditEntry,
    append,
    entries,
    keyed,
    verify,
)
from lamplighter_collector.db.engine import reading_engine
from sqlalchemy import Engine, select, text, update

from tests.collector.stores import new_store, rows
from tests.support.collector import ORGANISATION

ROWS = 5


def entry(number: int = 1, organisation: str = ORGANISATION) -> AuditEntry:
    return AuditEntry(
        organisation=organisation,
        actor="wren",
        role="dsl",
        verb="words-shown",
        object=f"incident-{number}",
        why=bytes([number, 255]),
    )


@pytest.fixture
def trail(engine: Engine) -> Engine:
    for number in range(1, ROWS + 1):
        with engine.begin() as connection:
            assert append(connection, entry(number)) == number
    return engine


def bad(engine: Engine, *statements: str) -> int | None:
    with engine.begin() as connection:
        for statement in statements:
            assert connection.execute(text(statement)).rowcount
        return verify(connection, ORGANISATION).bad


def test_rows_are_chained_and_counted_for_each_organisation(trail: Engine) -> None:
    with trail.begin() as connection:
        assert append(connection, entry(organisation="Elsewhere")) == 1
        assert append(connection, entry()) == ROWS + 1
        assert verify(connection, ORGANISATION).rows == ROWS + 1
        assert verify(connection, "Elsewhere").rows == 1
        assert verify(connection, "Nowhere").rows == 0
        listed = list(entries(connection, ORGANISATION))
    assert [link.number for link in listed] == list(range(1, ROWS + 2))
    assert listed[0].why == bytes([1, 255])
    assert {link.previous for link in listed[1:]} == {link.hash for link in listed[:-1]}


def test_of_the_console_the_account_of_the_machine_is_on_record(engine: Engine) -> None:
    with engine.begin() as connection:
        append(connection, replace(entry(), actor=CONSOLE, role=""))
        append(connection, replace(entry(), actor=COLLECTOR, role=""))
        assert [link.role for link in entries(connection, ORGANISATION)] == [operator(), ""]
        assert verify(connection, ORGANISATION).bad is None


def test_a_row_exists_only_with_what_it_tells_of(trail: Engine) -> None:
    with trail.connect() as connection, connection.begin() as transaction:
        append(connection, entry())
        transaction.rollback()
    assert len(rows(trail, audit)) == ROWS
    assert rows(trail, audit_heads, "number") == [(ROWS,)]
    with trail.begin() as connection:
        assert append(connection, entry()) == ROWS + 1
        assert verify(connection, ORGANISATION).bad is None


def flipped(value: Any) -> Any:
    """The value with one bit of its last byte changed."""
    if isinstance(value, int):
        return value ^ 64
    if isinstance(value, str):
        return value[:-1] + chr(ord(value[-1]) ^ 1)
    return value[:-1] + bytes([value[-1] ^ 1])


@pytest.mark.fault
@pytest.mark.parametrize("column", [column.name for column in audit.columns])
def test_one_changed_byte_in_any_column_is_named(trail: Engine, column: str) -> None:
    third = audit.c.number == 3
    with trail.begin() as connection:
        before = connection.scalar(select(audit.c[column]).where(third))
        connection.execute(update(audit).where(third).values({column: flipped(before)}))
        assert verify(connection, ORGANISATION).bad == 3


@pytest.mark.fault
@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("DELETE FROM audit WHERE number = 5", 5),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("DELETE FROM audit", 1),
        ("DELETE FROM audit_heads", 1),
        ("UPDATE audit_heads SET number = 4", 5),
        ("UPDATE audit_heads SET hash = 'x'", 5),
        ("UPDATE audit SET why = NULL WHERE number = 1", 1),
    ],
)
def test_what_was_taken_away_is_named(trail: Engine, statement: str, number: int) -> None:
    assert bad(trail, statement) == number


@pytest.mark.fault
def test_swapped_rows_and_a_row_put_in_are_named(trail: Engine) -> None:
    swap = [
        "UPDATE audit SET number = 100 WHERE number = 2",
        "UPDATE audit SET number = 2 WHERE number = 3",
        "UPDATE audit SET number = 3 WHERE number = 100",
    ]
    assert bad(trail, *swap) == 2


@pytest.mark.fault
def test_a_row_put_in_between_or_at_the_end_is_named(trail: Engine) -> None:
    names = ", ".join(f'"{column.name}"' for column in audit.columns)
    values = names.replace('"number"', "6")
    copied = f"INSERT INTO audit ({names}) SELECT {values} FROM audit WHERE number = 5"
    assert bad(trail, copied) == 6
    assert bad(trail, "UPDATE audit SET number = number + 1 WHERE number = 6") == 6


@pytest.mark.fault
def test_every_flipped_byte_of_a_row_in_the_file_is_named(tmp_path: Path) -> None:
    engine, _ = new_store(tmp_path)
    for number in range(1, ROWS + 1):
        with engine.begin() as connection:
            append(connection, replace(entry(number), object=f"object-{number}" * 3))
    engine.dispose()
    file = tmp_path / "store.sqlite3"
    sound = file.read_bytes()
    assert found_in(file).bad is None
    third = sound.index(b"object-3")
    before, after = sound.index(b"object-4"), sound.index(b"object-2")
    first, end = (before, after) if before < third < after else (after, before)
    for offset in range(first, end):
        for bit in (0x01, 0x80):
            damaged = bytearray(sound)
            damaged[offset] ^= bit
            file.write_bytes(damaged)
            assert found_in(file).bad in {1, 2, 3, 4, 5}, (offset - third, bit)


def found_in(file: Path) -> Finding:
    engine = reading_engine(f"sqlite:///{file}", connections=1)
    try:
        with engine.connect() as connection:
            return verify(connection, ORGANISATION)
    finally:
        engine.dispose()


@pytest.mark.fault
def test_what_was_appended_without_the_key_is_named(trail: Engine) -> None:
    keyed(trail, b"a key of the key ring")
    with trail.begin() as connection:
        assert verify(connection, ORGANISATION).bad == 1
        assert append(connection, entry(organisation="Elsewhere")) == 1
        assert verify(connection, "Elsewhere").bad is None
    keyed(trail, b"another")
    with trail.begin() as connection:
        assert verify(connection, "Elsewhere").bad == 1
