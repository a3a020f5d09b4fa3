"""Key ring and store are bound to each other: what does not belong is refused before it changes anything."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from lamplighter_collector.audit.models import audit
from lamplighter_collector.audit.services import AuditEntry, append, keyed
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.db.migrate import migrate
from lamplighter_collector.keys.desk import NEW_STORE, TOGETHER
from lamplighter_collector.keys.models import key_marks
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.services import open_seals
from sqlalchemy import Engine, delete, update

from tests.collector.stores import SCHEMA, empty, rows
from tests.collector.terminal import Terminal, fill, terminal_over
from tests.support.collector import ORGANISATION
from tests.support.sealed import ring_in

VERBS = (
    ("keys", "show"),
    ("keys", "rotate"),
    ("keys", "prove"),
    ("audit", "verify"),
    ("audit", "list", "--open"),
    ("devices", "revoke", "lap-17", "--why", "stolen"),
    ("accounts", "add", "--login", "wren", "--name", "Rowan Alder", "--role", "dsl"),
)


@pytest.fixture
def filled(tmp_path: Path, store_url: str) -> Iterator[Terminal]:
    with terminal_over(tmp_path, store_url) as terminal:
        fill(terminal)
        yield terminal


def exchange(terminal: Terminal, organisation: str = ORGANISATION) -> Path:
    """Put the key folder of another installation in place; answers where the right one is now."""
    folder = terminal.config.keys.folder
    right = folder.with_name("right")
    folder.rename(right)
    with ring_in(folder, organisation) as ring:
        Seals(ring, organisation)
    return right


def restore(terminal: Terminal, right: Path) -> None:
    folder = terminal.config.keys.folder
    folder.rename(folder.with_name("foreign"))
    right.rename(folder)


def unmark(engine: Engine) -> None:
    """As a store of a version before there were marks."""
    with engine.begin() as connection:
        connection.execute(delete(key_marks))


def opened(terminal: Terminal) -> None:
    open_seals(terminal.config, terminal.engine).close()


def mark_of(engine: Engine) -> tuple[str, str]:
    ((store, ring),) = rows(engine, key_marks, "store", "ring")
    return store, ring


def check_refused(terminal: Terminal, *phrases: str) -> None:
    """Every verb refuses with these phrases, and neither store nor ring has a row more."""
    folder = terminal.config.keys.folder
    before = rows(terminal.engine, audit), keys_in(folder)
    for verb in VERBS:
        answer = terminal.run(*verb)
        assert (answer.code, answer.out) == (2, ""), verb
        for phrase in phrases:
            assert phrase in answer.err, verb
    told = terminal.run("status", "--json")
    assert told.code == 0
    assert all(phrase in told.json["keys"] for phrase in phrases)
    assert (rows(terminal.engine, audit), keys_in(folder)) == before


def keys_in(folder: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(folder / "ring.sqlite3")) as ring:
        return ring.execute("SELECT organisation, subject FROM data_keys ORDER BY 1, 2").fetchall()


@pytest.mark.fault
def test_the_keys_of_another_installation_are_refused_and_harm_nothing(filled: Terminal) -> None:
    _, ring = mark_of(filled.engine)
    right = exchange(filled)
    named = filled.engine.url.database or ""
    check_refused(filled, "does not belong to", f"key ring {ring}", str(filled.config.keys.folder), named)
    restore(filled, right)
    assert filled.run("status", "--json").json["keys"] == TOGETHER
    assert filled.run("audit", "verify", "--json").json["rows"] == 2
    assert filled.run("keys", "prove").code == 0


@pytest.mark.fault
def test_a_store_from_before_there_were_marks_is_judged_by_what_it_holds(filled: Terminal) -> None:
    unmark(filled.engine)
    right = exchange(filled)
    check_refused(filled, "does not belong to", "another key ring")
    assert rows(filled.engine, key_marks) == []
    restore(filled, right)
    opened(filled)
    assert filled.run("keys", "prove").code == 0
    _, ring = mark_of(filled.engine)
    exchange(filled)
    check_refused(filled, f"key ring {ring}")


@pytest.mark.fault
def test_rows_that_a_foreign_ring_added_by_mistake_do_not_make_the_store_its_own(filled: Terminal) -> None:
    unmark(filled.engine)
    right = exchange(filled)
    with ring_in(filled.config.keys.folder) as ring:
        keyed(filled.engine, Seals(ring, ORGANISATION).chain_key)
    with filled.engine.begin() as connection:
        append(connection, AuditEntry(organisation=ORGANISATION, actor="console", verb="v", object="o"))
    check_refused(filled, "does not belong to")
    restore(filled, right)
    opened(filled)


def test_a_trail_alone_says_whose_the_store_is(tmp_path: Path, store_url: str) -> None:
    with terminal_over(tmp_path, store_url) as terminal:
        opened(terminal)
        with terminal.engine.begin() as connection:
            append(connection, AuditEntry(organisation=ORGANISATION, actor="console", verb="v", object="o"))
        unmark(terminal.engine)
        exchange(terminal)
        assert "does not belong" in terminal.run("keys", "rotate").err


@pytest.mark.fault
def test_the_keys_of_another_organisation_are_refused_and_get_no_key_of_this_one(filled: Terminal) -> None:
    exchange(filled, "Elsewhere")
    check_refused(filled, "no key of this organisation", "does not belong to")


@pytest.mark.fault
def test_a_mark_that_was_changed_is_said(filled: Terminal) -> None:
    with filled.engine.begin() as connection:
        connection.execute(update(key_marks).values(store="0123456789abcdef"))
    check_refused(filled, "it was changed")


@pytest.mark.fault
def test_an_empty_store_beside_keys_that_served_another_begins_only_when_told(filled: Terminal) -> None:
    store, ring = mark_of(filled.engine)
    empty(filled.engine)
    check_refused(filled, "is empty", f"has served the store {store}", "keys new-store")
    assert rows(filled.engine, key_marks) == []
    answer = filled.run("keys", "new-store")
    assert (answer.code, store in answer.out) == (0, True)
    new, of = mark_of(filled.engine)
    assert (new != store, of) == (True, ring)
    assert rows(filled.engine, audit, "actor", "verb", "object") == [("console", NEW_STORE, new)]
    opened(filled)
    assert filled.run("audit", "verify").code == 0
    again = filled.run("keys", "new-store")
    assert (again.code, "is not empty" in again.err) == (2, True)


@pytest.mark.fault
def test_a_ring_from_before_there_were_marks_has_served_when_it_knows_people(filled: Terminal) -> None:
    empty(filled.engine)
    with closing(sqlite3.connect(filled.config.keys.folder / "ring.sqlite3")) as ring, ring:
        ring.execute("DELETE FROM stores")
    check_refused(filled, "has served another one")


@pytest.mark.fault
def test_a_start_that_was_cut_short_after_the_mark_is_finished_by_the_next(filled: Terminal) -> None:
    store, _ = mark_of(filled.engine)
    with closing(sqlite3.connect(filled.config.keys.folder / "ring.sqlite3")) as ring, ring:
        ring.execute("DELETE FROM stores")
    opened(filled)
    empty(filled.engine)
    check_refused(filled, f"has served the store {store}")


@pytest.mark.fault
def test_no_new_ring_is_made_beside_a_store_that_has_one_but_nothing_sealed(
    tmp_path: Path, store_url: str
) -> None:
    with terminal_over(tmp_path, store_url) as terminal:
        opened(terminal)
        for file in terminal.config.keys.folder.glob("ring.sqlite3*"):
            file.unlink()
        assert "key ring is empty" in terminal.run("keys", "show").err
        assert "key ring is empty" in terminal.run("status", "--json").json["keys"]
        assert "key ring is empty" in terminal.run(*VERBS[-1]).err
        assert rows(terminal.engine, audit) == []


def test_a_store_of_the_version_before_is_brought_up_and_marked(filled: Terminal) -> None:
    with filled.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE detections DROP COLUMN identity")
        connection.exec_driver_sql("ALTER TABLE detections DROP COLUMN place")
        for column in ("media_register", "copied_at", "machine"):
            connection.exec_driver_sql(f"ALTER TABLE devices DROP COLUMN {column}")
        for table in ("permissions", "loans", "requests", "registers"):
            connection.exec_driver_sql(f"DROP TABLE media_{table}")
        connection.exec_driver_sql("DROP TABLE scan_receipts")
        connection.exec_driver_sql("DROP TABLE heartbeats")
        connection.exec_driver_sql("DROP TABLE acknowledgements")
        connection.exec_driver_sql("DROP TABLE key_marks")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert filled.run("keys", "prove").code == 0
    told = filled.run("status", "--json").json
    assert (told["keys"], told["portable_media"]) == (TOGETHER, {})
    engine = writing_engine(filled.config.store_url)
    assert migrate(engine) == SCHEMA
    engine.dispose()
    opened(filled)
    assert len(rows(filled.engine, key_marks)) == 1
