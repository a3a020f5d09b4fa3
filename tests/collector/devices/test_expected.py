from dataclasses import replace
from datetime import date, datetime

import pytest
from lamplighter_collector.devices.expected import expected_hours, policy_now
from lamplighter_keywords.policy.device_policy import DevicePolicy, Term, Window
from sqlalchemy import Engine

# A Friday.
FRIDAY = datetime(2026, 11, 20)  # noqa: DTZ001 - the wall clock of a school has no zone


@pytest.mark.parametrize(
    ("since", "now", "hours"),
    [
        (FRIDAY.replace(hour=15), FRIDAY.replace(day=23, hour=9), 0),
        (FRIDAY.replace(hour=14), FRIDAY.replace(day=23, hour=10, minute=30), 2.5),
        (FRIDAY.replace(hour=8), FRIDAY.replace(hour=8, minute=59), 0),
        (FRIDAY.replace(hour=10), FRIDAY.replace(hour=11), 1),
        (FRIDAY.replace(year=2020), FRIDAY.replace(hour=9), 44 * 6),
        (FRIDAY.replace(hour=11), FRIDAY.replace(hour=10), 0),
    ],
)
def test_a_usual_week_counts_lessons_only(since: datetime, now: datetime, hours: float) -> None:
    assert expected_hours(DevicePolicy(), since, now) == hours


def test_the_schools_own_hours_and_terms_count(engine: Engine) -> None:
    own = Window(days=(4,), start=10 * 60, end=12 * 60, in_term=True)
    policy = DevicePolicy(pupil=replace(DevicePolicy().pupil, hours=own))
    week = FRIDAY.replace(day=13), FRIDAY.replace(hour=23)
    assert expected_hours(policy, *week) == 4
    holidays = replace(policy, terms=(Term(first=date(2026, 1, 5), last=date(2026, 11, 13)),))
    assert expected_hours(holidays, *week) == 2
    with engine.begin() as connection:
        assert policy_now(connection, "Elsewhere") == DevicePolicy()
