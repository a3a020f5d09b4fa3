"""Each rule of a policy has its own sentence, and changes it."""

from dataclasses import replace
from datetime import date

import pytest
from lamplighter_collector.letter import policy_words
from lamplighter_keywords.policy.device_policy import (
    DevicePolicy,
    Floor,
    MediaMode,
    MediaRules,
    NoticeMode,
    Term,
    Window,
)

SHIPPED = DevicePolicy()
PUPIL = SHIPPED.pupil


def test_only_what_is_looked_at_is_listed() -> None:
    assert len(policy_words.looked_at(PUPIL)) == 3
    (left,) = policy_words.looked_at(replace(PUPIL, typed=False, media=False))
    assert "titles" in left
    nothing = replace(PUPIL, typed=False, titles=False, media=False)
    assert policy_words.looked_at(nothing) == ("Nothing at present",)


def test_the_notice_is_where_the_school_has_it() -> None:
    assert "first sign-in" in policy_words.notice(SHIPPED)
    assert "on paper" in policy_words.notice(replace(SHIPPED, acknowledgement=NoticeMode.ON_PAPER))


def test_hours_and_terms_are_said() -> None:
    days = Window(days=(0, 1, 2, 3, 4), start=480, end=960, in_term=True)
    term = Term(first=date(2026, 9, 2), last=date(2026, 12, 18))
    told = policy_words.times(replace(SHIPPED, pupil=replace(PUPIL, hours=days), terms=(term,)))
    assert told[0] == "It is on Monday to Friday from 08:00 to 16:00 in term. At all other times it rests."
    assert told[-1] == "Term: 02.09.2026 to 18.12.2026."
    assert policy_words.times(SHIPPED)[0].startswith("At any time of the day")


def test_places_are_as_the_policy_has_them() -> None:
    at_school, away, otherwise = policy_words.places(SHIPPED)[1:]
    assert at_school == "At school: everything in this letter counts."
    assert (
        away == "Away from school, every day from 07:00 to 21:00 in term: only more serious concerns count."
    )
    assert "only the most serious" in otherwise
    everywhere = policy_words.places(replace(SHIPPED, site_collectors=()))
    assert not [line for line in everywhere if line.startswith("At school:")]


@pytest.mark.parametrize(
    ("floor", "said"),
    [
        (None, "nothing is checked"),
        (Floor(), "everything"),
        (Floor(severity=2), "everything"),
        (Floor(severity=3), "more serious"),
        (Floor(severity=4, core_only=True), "most serious"),
    ],
)
def test_how_much_counts(floor: Floor | None, said: str) -> None:
    assert said in policy_words.counted(floor)


def test_staff_are_named_only_once_they_were_assessed() -> None:
    assert "Nothing is checked" in policy_words.staff(SHIPPED)[0]
    (told,) = policy_words.staff(replace(SHIPPED, staff_dpia="DPIA 2026-04"))
    assert "checked, too. It is on Monday to Friday from 07:00 to 18:00 in term." in told
    assert "DPIA 2026-04" not in told


def test_memory_sticks_follow_their_rules() -> None:
    def told(**changes: object) -> str:
        return " ".join(policy_words.sticks(replace(PUPIL, portable=replace(MediaRules(), **changes))))  # type: ignore[arg-type]

    assert "works only when the school has allowed it" in told()
    assert "viruses" in told()
    assert "viruses" not in told(scan=False)
    assert "encrypted" in told(encryption=True)
    assert "not changed" in told(without_permission=MediaMode.READ_ONLY)
    assert "is noted" in told(without_permission=MediaMode.RECORD)
    assert policy_words.sticks(replace(PUPIL, media=False)) == ("Memory sticks are not looked at.",)


@pytest.mark.parametrize(
    ("days", "said"),
    [((2,), "Wednesday"), ((0, 2), "Monday and Wednesday"), ((0, 2, 6), "Monday, Wednesday and Sunday")],
)
def test_days_that_are_no_row_are_counted_up(days: tuple[int, ...], said: str) -> None:
    assert policy_words.window(Window(days=days)) == said
