"""Reminders of loans: each stage once, anew after a renewal, and by nobody's name."""

from dataclasses import replace

import pytest
from lamplighter_collector.media import loans
from lamplighter_collector.media.loans import Loan
from lamplighter_collector.media.reminding import SOON_MS, remind, stage_of
from lamplighter_collector.media.values import LoanRecord, Named, Stage

from tests.collector.media.office import DAY, NOW, STICK, Office
from tests.support.collector import ORGANISATION

DUE = NOW + 30 * DAY
ORDER = Loan(what=Named(medium=STICK), borrower="wren", encrypted=True, due=DUE)


@pytest.fixture
def lent(office: Office) -> LoanRecord:
    return lend(office)


def lend(office: Office, due: int = DUE, serial: str = STICK.serial) -> LoanRecord:
    with office.engine.begin() as connection:
        order = replace(ORDER, due=due, what=Named(medium=replace(STICK, serial=serial)))
        return loans.lend(connection, ORGANISATION, office.seals, order, by=office.by())


def reminded(office: Office, now: int) -> int:
    with office.engine.begin() as connection:
        return remind(connection, ORGANISATION, now=now)


def told(office: Office) -> list[str]:
    return [about for _, verb, about in office.audited() if verb == "media-loan-reminder"]


@pytest.mark.parametrize(
    ("now", "stage"),
    [
        (DUE - SOON_MS - 1, Stage.LENT),
        (DUE - SOON_MS, Stage.SOON),
        (DUE - 1, Stage.SOON),
        (DUE, Stage.DUE),
        (DUE + SOON_MS, Stage.OVERDUE),
    ],
)
def test_how_far_a_loan_is(now: int, stage: Stage) -> None:
    assert stage_of(DUE, now) is stage


def test_each_stage_is_reminded_of_once(office: Office, lent: LoanRecord) -> None:
    days = (0, 16, 17, 30, 31, 44, 60)
    assert [reminded(office, NOW + day * DAY) for day in days] == [0, 1, 0, 1, 0, 1, 0]
    assert told(office) == [f"{lent.id} {stage}" for stage in ("soon", "due", "overdue")]
    assert "wren" not in str(office.audited())


def test_after_a_while_without_a_collector_only_the_newest_is_given(office: Office, lent: LoanRecord) -> None:
    assert reminded(office, NOW + 60 * DAY) == 1
    assert told(office) == [f"{lent.id} overdue"]


def test_a_renewed_loan_is_reminded_of_anew_and_a_returned_one_never(
    office: Office, lent: LoanRecord
) -> None:
    other = lend(office, DUE + DAY, serial="60A44C3FAC36")
    assert reminded(office, DUE) == 2
    with office.engine.begin() as connection:
        loans.renew(connection, ORGANISATION, lent.id, due=DUE + 20 * DAY, by=office.by())
        loans.give_back(connection, ORGANISATION, other.id, by=office.by())
        (left,) = loans.out(connection, ORGANISATION, office.seals)
    assert left.reminded is Stage.LENT
    assert [reminded(office, DUE + day * DAY) for day in (1, 6, 7)] == [0, 1, 0]
    assert told(office)[2:] == [f"{lent.id} soon"]
