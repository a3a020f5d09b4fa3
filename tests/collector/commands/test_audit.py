import pytest
from lamplighter_collector.audit.models import audit, audit_heads
from lamplighter_collector.audit.services import AuditEntry, append
from lamplighter_collector.db.engine import writing_engine
from sqlalchemy import delete, select, update

from tests.collector.terminal import Terminal
from tests.support.collector import ORGANISATION


def noted(terminal: Terminal) -> str:
    return f"2:{terminal.run('audit', 'list', '--json').json[1]['hash']}"


def test_a_sound_trail_is_said_to_be_sound(filled: Terminal) -> None:
    last = noted(filled)
    finding = {"rows": 2, "bad": None, "problem": "", "hash": last.removeprefix("2:")}
    assert filled.run("audit", "verify", "--json").json == finding
    answer = filled.run("audit", "verify")
    assert answer.out.splitlines() == [
        "2 rows, none was changed.",
        f"The last is {last}. Note it somewhere else, for --since.",
    ]
    assert filled.run("audit", "verify", "--since", last).code == 0


@pytest.mark.fault
def test_an_end_that_was_cut_off_is_missed_by_who_noted_it(filled: Terminal) -> None:
    last = noted(filled)
    with filled.engine.begin() as connection:
        connection.execute(delete(audit).where(audit.c.number == 2))
        hash_ = connection.scalar(select(audit.c.hash))
        connection.execute(update(audit_heads).values(number=1, hash=hash_))
    assert filled.run("audit", "verify").code == 0
    answer = filled.run("audit", "verify", "--since", last)
    assert (answer.code, answer.out) == (1, "Row 2 is missing. The 1 rows before it are sound.\n")
    assert filled.run("audit", "verify", "--since", "nonsense").code == 2


@pytest.mark.fault
def test_an_emptied_trail_beside_a_store_in_use_is_said(filled: Terminal) -> None:
    with filled.engine.begin() as connection:
        connection.execute(delete(audit))
        connection.execute(delete(audit_heads))
    answer = filled.run("audit", "verify")
    assert (answer.code, answer.out) == (
        1,
        "Row 1 is missing: the trail is empty, and the store is not. The 0 rows before it are sound.\n",
    )


@pytest.mark.fault
def test_a_chain_made_anew_by_who_has_only_the_database_is_named(filled: Terminal) -> None:
    with filled.engine.begin() as connection:
        for table in (audit, audit_heads):
            connection.execute(delete(table))
    stranger = writing_engine(filled.engine.url.render_as_string(hide_password=False))
    with stranger.begin() as connection:
        for _ in range(2):
            entry = AuditEntry(organisation=ORGANISATION, actor="robin", verb="v", object="o")
            append(connection, entry)
    stranger.dispose()
    answer = filled.run("audit", "verify")
    assert (answer.code, answer.out) == (1, "Row 1 was changed. The 0 rows before it are sound.\n")


@pytest.mark.fault
def test_the_first_bad_row_is_named(filled: Terminal) -> None:
    with filled.engine.begin() as connection:
        connection.execute(update(audit).where(audit.c.number == 2).values(actor="Wren"))
    answer = filled.run("audit", "verify")
    assert (answer.code, answer.out) == (1, "Row 2 was changed. The 1 rows before it are sound.\n")
    assert filled.run("audit", "verify", "--json").json["bad"] == 2


def test_reasons_stay_sealed_until_they_are_asked_for_on_record(filled: Terminal) -> None:
    listed = filled.run("audit", "list", "--json")
    assert [row["has_reason"] for row in listed.json] == [True, True]
    assert "asked" not in listed.out
    opened = filled.run("audit", "list", "--open", "--json").json
    assert [row["why"] for row in opened] == ["asked by the head", "asked again", ""]
    assert (opened[-1]["actor"], opened[-1]["verb"]) == ("console", "audit-reasons-opened")
    assert filled.run("audit", "verify", "--json").json["rows"] == 3


@pytest.mark.fault
def test_a_reason_that_can_not_be_opened_hides_no_row(filled: Terminal) -> None:
    with filled.engine.begin() as connection:
        connection.execute(update(audit).where(audit.c.number == 1).values(why=b"x" * 60))
    opened = filled.run("audit", "list", "--open", "--json").json
    assert [row["why"] for row in opened] == ["can't be opened any more", "asked again", ""]
