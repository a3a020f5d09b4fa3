from datetime import UTC, datetime, timedelta

import pytest
from lamplighter_agent.context_counts import ContextCounts

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
NEXT_DAY = AT + timedelta(days=1)


def test_a_finished_day_becomes_one_count_per_theme_without_name_or_text() -> None:
    counts = ContextCounts()
    for theme in ("drugs", "drugs", "weapons"):
        counts.add(AT, theme)
    assert counts.take_finished(AT) == []
    drugs, weapons = counts.take_finished(NEXT_DAY)
    assert (drugs.theme, drugs.repeats, drugs.severity) == ("drugs", 2, 1)
    assert (weapons.theme, weapons.repeats) == ("weapons", 1)
    assert (drugs.user, drugs.evidence, drugs.application) == ("", None, "")
    assert drugs.term != weapons.term
    assert drugs.observed_at.astimezone().date() == AT.astimezone().date()
    assert counts.take_finished(NEXT_DAY) == []


def test_the_day_survives_a_restart() -> None:
    counts = ContextCounts()
    counts.add(AT, "drugs")
    before = counts.changed
    kept = counts.dump()
    assert (before, counts.changed) == (True, False)
    later = ContextCounts()
    later.restore(kept)
    later.add(AT, "drugs")
    assert [one.repeats for one in later.take_finished(NEXT_DAY)] == [2]


@pytest.mark.parametrize("text", ["", "{", "[[1, 2]]", '[["2026-11-02", "drugs", "many"]]'])
def test_a_file_that_is_none_of_ours_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        ContextCounts().restore(text)
