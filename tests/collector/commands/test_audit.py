import pytest
from lamplighter_collector.audit.models import audit
from sqlalchemy import update

from tests.collector.terminal import Terminal


def test_a_sound_trail_is_said_to_be_sound(filled: Terminal) -> None:
    assert filled.run("audit", "verify", "--json").json == {"rows": 2, "bad": None, "problem": ""}
    assert filled.run("audit", "verify").out == "2 rows, none was changed.\n"


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
