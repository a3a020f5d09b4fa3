"""Cues around a match."""

import pytest
from lamplighter_keywords.judging.contexts import CONTEXTS, WIDE, is_near, is_own_search, is_search
from lamplighter_keywords.reading.normalise import fold


def words(text: str) -> list[bytes]:
    return fold(text).encode().split()


@pytest.mark.parametrize(
    ("context", "text"),
    [
        ("first_person", "lamp is mine"),
        ("intent", "lamp we are going to light"),
        ("means", "lamp and rope"),
        ("time", "lamp after school"),
        ("method_seeking", "lamp how to light"),
        ("curriculum", "lamp in an inspector calls"),
        ("helpline", "lamp Childline"),
        ("reference", "lamp - Wikipedia"),
    ],
)
def test_a_cue_is_near(context: str, text: str) -> None:
    assert is_near(context, words(text), 0, 0)
    assert not is_near(context, words("lamp only"), 0, 0)


@pytest.mark.parametrize("text", ["lamp teach him a lesson", "lamp delete my history", "lamp and shout"])
def test_a_word_of_school_in_another_sense_is_no_lesson(text: str) -> None:
    assert not is_near("curriculum", words(text), 0, 0)
    assert not is_near("helpline", words(text), 0, 0)


def test_a_cue_too_far_away_does_not_count() -> None:
    assert is_near("curriculum", words("lamp " + "x " * (WIDE - 1) + "essay"), 0, 0)
    assert not is_near("curriculum", words("lamp " + "x " * WIDE + "essay"), 0, 0)


def test_every_context_of_the_format_is_there() -> None:
    assert {"first_person", "curriculum", "helpline", "method_seeking"} <= CONTEXTS


@pytest.mark.parametrize(
    ("title", "search", "own"),
    [
        ("my lamp - Google Search", True, True),
        ("my lamp - Google Search - Mozilla Firefox", True, True),
        ("my lamp at DuckDuckGo \u2014 Mozilla Firefox", True, True),
        ("lamp prices - Bing", True, False),
        ("my lamp - Notepad", False, False),
        ("search for my lamp", False, False),
        ("Google Search", False, False),
    ],
)
def test_searches(title: str, *, search: bool, own: bool) -> None:
    assert is_search(title) is search
    assert is_own_search(title, words(title)) is own
