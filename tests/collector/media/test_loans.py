"""Loans: noted, renewed, given back, and what is due."""

from dataclasses import replace
from typing import Any

import pytest
from lamplighter_collector.errors import MediaRefused, MediaSettled, MediaUnknown
from lamplighter_collector.media import loans
from lamplighter_collector.media.loans import Loan
from lamplighter_collector.media.models import media_loans
from lamplighter_collector.media.values import LoanRecord, Named

from tests.collector.media.office import DAY, NOW, STICK, Office
from tests.collector.stores import rows
from tests.support.collector import ORGANISATION

OTHER = replace(STICK, serial="60A44C3FAC36")
ORDER = Loan(what=Named(medium=STICK, name="Stick 4"), borrower="wren", encrypted=True, due=NOW + 30 * DAY)


def lend(office: Office, **changes: Any) -> LoanRecord:
    with office.engine.begin() as connection:
        order = replace(ORDER, **changes)
        return loans.lend(connection, ORGANISATION, office.seals, order, by=office.by())


def out(office: Office, due_before: int | None = None) -> list[LoanRecord]:
    with office.engine.begin() as connection:
        return loans.out(connection, ORGANISATION, office.seals, due_before=due_before)


def test_what_is_lent_is_listed_by_the_day_it_is_due(office: Office) -> None:
    late = lend(office)
    soon = lend(office, due=NOW + 7 * DAY, borrower="dev", what=Named(medium=OTHER))
    assert out(office) == [soon, late]
    assert out(office, NOW + 14 * DAY) == [soon]
    with office.engine.begin() as connection:
        due = [loans.due(connection, ORGANISATION, before=NOW + days * DAY) for days in (7, 14, 31)]
    assert [(one.count, one.ids) for one in due] == [(0, ()), (1, (soon.id,)), (2, (soon.id, late.id))]
    assert (late.borrower, late.encrypted, late.what.words) == (
        "wren",
        True,
        "Stick 4, serial 60A44C3FAC35",
    )
    (row, _) = rows(office.engine, media_loans)
    assert b"wren" not in b"".join(bytes(value) for value in row if isinstance(value, bytes))


def test_a_loan_is_renewed_and_given_back_with_a_record_each(office: Office) -> None:
    lent = lend(office)
    with office.engine.begin() as connection:
        loans.renew(connection, ORGANISATION, lent.id, due=NOW + 60 * DAY, by=office.by())
    assert out(office)[0].due_at == NOW + 60 * DAY
    with office.engine.begin() as connection:
        loans.give_back(connection, ORGANISATION, lent.id, by=office.by())
    assert out(office) == []
    with pytest.raises(MediaSettled), office.engine.begin() as connection:
        loans.give_back(connection, ORGANISATION, lent.id, by=office.by())
    assert [verb for _, verb, _ in office.audited()] == ["media-lent", "media-loan-renewed", "media-returned"]


def test_one_medium_is_out_once_in_whichever_case_it_is_typed(office: Office) -> None:
    first = lend(office)
    small = replace(STICK, serial=STICK.serial.lower())
    for medium in (STICK, small):
        with pytest.raises(MediaRefused, match=f"loan {first.id}, due 20") as caught:
            lend(office, what=Named(medium=medium), borrower="dev")
        assert caught.value.field == "medium"
    lend(office, what=Named(medium=replace(STICK, product="1667")))
    assert len(out(office)) == 2
    with office.engine.begin() as connection:
        loans.give_back(connection, ORGANISATION, first.id, by=office.by())
    lend(office, what=Named(medium=small))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due": NOW}, "until"),
        ({"borrower": ""}, "to"),
        ({"what": Named(medium=replace(STICK, serial=""))}, "medium"),
        ({"what": Named(medium=STICK, name="a\nb")}, "name"),
    ],
)
def test_what_can_not_be_lent_is_named(office: Office, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(MediaRefused) as caught:
        lend(office, **changes)
    assert caught.value.field == field
    assert out(office) == []


def test_a_loan_that_is_not_there_is_told(office: Office) -> None:
    with office.engine.begin() as connection:
        with pytest.raises(MediaUnknown):
            loans.renew(connection, ORGANISATION, "ml-0", due=NOW + DAY, by=office.by())
        with pytest.raises(MediaUnknown):
            loans.give_back(connection, ORGANISATION, "ml-0", by=office.by())
        with pytest.raises(MediaRefused):
            loans.renew(connection, ORGANISATION, "ml-0", due=NOW - 1, by=office.by())


def test_whether_a_loan_runs(office: Office) -> None:
    lent = lend(office)
    with office.engine.begin() as connection:
        loans.check_out(connection, ORGANISATION, lent.id)
        loans.give_back(connection, ORGANISATION, lent.id, by=office.by())
        with pytest.raises(MediaSettled):
            loans.check_out(connection, ORGANISATION, lent.id)
        with pytest.raises(MediaUnknown):
            loans.check_out(connection, ORGANISATION, "ml-0")


def test_who_was_erased_has_no_name(office: Office) -> None:
    lend(office)
    office.seals.destroy(office.seals.pseudonym("subject", "wren"))
    assert out(office)[0].borrower == ""
