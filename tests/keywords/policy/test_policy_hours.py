"""Hours: open within them, and the next change is really one."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.policy.device_policy import Term, Window
from lamplighter_keywords.policy.policy_hours import changes_at, is_open

at = datetime.fromisoformat
SCHOOL_DAYS = Window(days=(0, 1, 2, 3, 4), start=7 * 60, end=18 * 60, in_term=True)
AUTUMN = (Term(first=date(2026, 9, 2), last=date(2026, 12, 18)),)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23 06:59", False),
        ("2026-11-23 07:00", True),
        ("2026-11-23 17:59", True),
        ("2026-11-23 18:00", False),
        ("2026-11-21 12:00", False),
        ("2026-09-01 12:00", False),
        ("2026-12-18 12:00", True),
        ("2026-12-21 12:00", False),
    ],
)
def test_open_on_school_days_of_a_term(now: str, *, expected: bool) -> None:
    assert is_open(SCHOOL_DAYS, AUTUMN, at(now)) is expected


def test_without_terms_every_day_is_in_term_and_without_a_window_it_is_always_open() -> None:
    christmas = at("2026-12-25 12:00")
    assert is_open(SCHOOL_DAYS, (), christmas)
    assert is_open(None, AUTUMN, christmas)
    assert changes_at(None, AUTUMN, christmas) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23 08:00", "2026-11-23 18:00"),
        ("2026-11-20 18:00", "2026-11-23 07:00"),
        ("2026-07-25 10:00", "2026-09-02 07:00"),
    ],
)
def test_the_next_change_is_told(now: str, expected: str) -> None:
    change = changes_at(SCHOOL_DAYS, AUTUMN, at(now))
    assert change == at(expected)


def test_after_the_last_term_nothing_changes_any_more() -> None:
    assert changes_at(SCHOOL_DAYS, AUTUMN, at("2026-12-18 18:00")) is None


def test_a_whole_day_ends_where_a_closed_one_begins() -> None:
    weekend = Window(days=(5, 6))
    assert changes_at(weekend, (), at("2026-11-21 09:00")) == at("2026-11-23 00:00")
    assert changes_at(Window(), (), at("2026-11-21 09:00")) is None


@given(
    window=st.builds(
        Window,
        days=st.lists(st.integers(0, 6), min_size=1, unique=True).map(tuple),
        start=st.integers(0, 700),
        end=st.integers(701, 1440),
        in_term=st.booleans(),
    ),
    now=st.datetimes(at("2026-08-01 00:00"), at("2027-01-31 00:00")),
)
def test_until_the_change_the_answer_is_the_same(window: Window, now: datetime) -> None:
    change = changes_at(window, AUTUMN, now)
    here = is_open(window, AUTUMN, now)
    until = change or now + timedelta(days=30)
    for part in range(20):
        assert is_open(window, AUTUMN, now + (until - now) * part / 20) is here
    if change is not None:
        assert is_open(window, AUTUMN, change) is not here
