import pytest
from lamplighter_collector.web.moments import day_words, moment_words, time_words

SUMMER_MS = 1_782_892_860_000  # 2026-07-01 08:01 UTC
DAY_MS = 24 * 60 * 60_000


pytestmark = pytest.mark.usefixtures("school_time")


def test_times_are_the_schools_own() -> None:
    assert time_words(SUMMER_MS) == "09:01"
    assert day_words(SUMMER_MS) == "1 July 2026"


def test_another_day_is_named() -> None:
    assert moment_words(SUMMER_MS, SUMMER_MS + 60_000) == "09:01"
    assert moment_words(SUMMER_MS, SUMMER_MS + DAY_MS) == "09:01 on 1 July 2026"


def test_the_day_begins_at_the_schools_midnight() -> None:
    late = SUMMER_MS + 14 * 3_600_000 + 30 * 60_000  # 23:31 there, 22:31 in UTC
    assert moment_words(late, late + 3_600_000) == "23:31 on 1 July 2026"
