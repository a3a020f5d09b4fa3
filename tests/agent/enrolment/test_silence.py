"""Silence stops sensing by the wall clock; only a day of running makes it erase."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.enrolment.silence import GRACE_SECONDS, Contact, Silence, ran, silence

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "seconds", "expected"),
    [
        (0, 0, Silence.HEARD),
        (89.9, 0, Silence.HEARD),
        (89.9, GRACE_SECONDS, Silence.HEARD),
        (90, 0, Silence.SILENT),
        (90, GRACE_SECONDS - 1, Silence.SILENT),
        (90, GRACE_SECONDS, Silence.OVER),
        (2 * 365, 0, Silence.SILENT),
        (-2 * 365, GRACE_SECONDS, Silence.HEARD),
    ],
)
def test_what_holds(days: float, seconds: float, expected: Silence) -> None:
    assert silence(Contact(at=NOW - days * DAY, silent_seconds=seconds), NOW) is expected


def test_the_number_of_days_is_the_school_s_to_choose() -> None:
    week = Contact(at=NOW - 8 * DAY)
    assert silence(week, NOW, silent_days=7) is Silence.SILENT
    assert silence(week, NOW, silent_days=9) is Silence.HEARD


@given(
    jumps=st.lists(
        st.tuples(st.integers(-800, 800), st.floats(0, 3600)),
        max_size=30,
    )
)
def test_no_jump_of_the_clock_erases_before_a_day_of_running(jumps: list[tuple[int, float]]) -> None:
    contact = Contact(at=NOW)
    total = 0.0
    for days, seconds in jumps:
        now = NOW + days * DAY
        contact = ran(contact, now, seconds)
        total += seconds
        if silence(contact, now) is Silence.OVER:
            assert total >= GRACE_SECONDS


def test_a_clock_put_right_starts_the_day_from_nothing() -> None:
    wrong = NOW + 730 * DAY
    contact = ran(Contact(at=NOW), wrong, GRACE_SECONDS - 1)
    assert silence(contact, wrong) is Silence.SILENT
    right = ran(contact, NOW + DAY, 60)
    assert right.silent_seconds == 0
    assert silence(ran(right, wrong, 60), wrong) is Silence.SILENT


def test_running_time_never_goes_back() -> None:
    contact = Contact(at=NOW - 91 * DAY, silent_seconds=10)
    assert ran(contact, NOW, -5).silent_seconds == 10
