"""The bounded subset of regular expressions."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.authoring.patterns import LONGEST_PATTERN, MOST_PATHS, parse_pattern
from lamplighter_keywords.errors import PatternRefused


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("lamps?", "lamp"),
        ("lamp(post|light)", "lamplight"),
        ("lamp (?:post|light)s?", "lamp lights"),
        ("l[aeu]mp", "lump"),
        ("l[^a]mp", "lump"),
        (r"lamp \d{2,3}", "lamp 123"),
        ("l.mp", "l3mp"),
        ("lamp.post", "lamp post"),
        ("ha{2,4}", "haaa"),
        (r"\blamp\s+post\b", "lamp post"),
        (r"\w+ lamp", "green lamp"),
        ("la+mp*", "laaamp"),
        ("Don't-light", "dont light"),
        ("\u00e6{2}", "aeae"),
    ],
)
def test_allowed(pattern: str, text: str) -> None:
    assert parse_pattern(pattern).compiled().search(f" the {text} was ")
    assert not parse_pattern(pattern).compiled().search(f" the{text}was ")


@pytest.mark.parametrize(
    ("pattern", "is_open"), [("a*", True), ("ba+", True), ("a{2,}", True), ("a{1,3}b?", False)]
)
def test_a_count_without_end_is_known_and_ends(pattern: str, *, is_open: bool) -> None:
    assert parse_pattern(f"lamp{pattern}").open_ended is is_open
    assert not parse_pattern(f"lamp{pattern}").compiled().search(" lamp" + "a" * 40 + " ")


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "(a?){20}",
            "(a+)+",
            "(a*)*b",
            "*lamp",
            "lamp{3,2}",
            "lamp{30,}",
            "lamp{0}",
            "lamp{21}",
            "lamp{",
            "'?",
        ),
        *(
            "lamp??",
            "lamp{2}{2}",
            "lamp+?",
            "(?=lamp)",
            "(?<!lamp)",
            r"(lamp)\1",
            "(?P<x>lamp)",
            "(lamp",
            "lamp)",
        ),
        *("[lamp", "[]", "[^ ]", "a|", "", r"\W", r"\b?", "^lamp", "lamp$", "a{0,1}", "x?", "\\"),
        "(" * 12 + "a" + ")" * 12,
        "a{0,20}b{0,20}c{0,20}",
        "a" * (LONGEST_PATTERN + 1),
    ],
)
def test_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        parse_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("lamp)", "character 5 ()): a bracket is closed that nothing opened"),
        ("(lamp", "character 1 ((): this bracket is not closed"),
        ("^lamp", "character 1 (^): this sign can't be used here; allowed are letters, digits,"),
        ("lamp{", "character 5 ({): how often is written {3} or {1,3}"),
        ("lamp??", "character 6 (?): how often is said twice"),
        ("(a+)+", "it could be read in more than 512 ways"),
    ],
)
def test_a_refusal_is_in_plain_words(pattern: str, said: str) -> None:
    with pytest.raises(PatternRefused) as told:
        parse_pattern(pattern)
    assert told.value.problem.startswith(said)


@given(text=st.text("ab.|?*+(){}[]^-0123456789, \\dwsb'\u00e6"))
def test_what_is_accepted_is_bounded_and_compiles(text: str) -> None:
    try:
        pattern = parse_pattern(text)
    except PatternRefused:
        return
    assert 1 <= pattern.paths <= MOST_PATHS
    assert isinstance(pattern.compiled(), re.Pattern)
