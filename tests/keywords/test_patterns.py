"""The bounded subset of regular expressions."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.errors import PatternRefused
from lamplighter_keywords.patterns import LONGEST_PATTERN, MOST_PATHS, parse_pattern


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
        ("ha{2,4}", "haaa"),
    ],
)
def test_allowed(pattern: str, text: str) -> None:
    assert parse_pattern(pattern).compiled().search(f" the {text} was ")
    assert not parse_pattern(pattern).compiled().search(f" the{text} was ")


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "lamp*",
            "lamp+",
            "lamp{2,}",
            "(a?){20}",
            "lamp{3,2}",
            "lamp{0}",
            "lamp{21}",
            "lamp??",
            "lamp{2}{2}",
        ),
        *(
            "(?=lamp)",
            "(?<!lamp)",
            r"(lamp)\1",
            "(?P<x>lamp)",
            "(lamp",
            "lamp)",
            "[lamp",
            "[]",
            "[^ ]",
            "a|",
            "",
        ),
        *(r"\w", r"\blamp", "^lamp", "lamp$", "lamp-post", "a{0,1}", "x?", "(" * 12 + "a" + ")" * 12),
        "a{0,20}b{0,20}c{0,20}",
        "a" * (LONGEST_PATTERN + 1),
    ],
)
def test_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        parse_pattern(pattern)


@given(text=st.text("ab.|?(){}[]^-0123456789, \\d"))
def test_what_is_accepted_is_bounded_and_compiles(text: str) -> None:
    try:
        pattern = parse_pattern(text)
    except PatternRefused:
        return
    assert 1 <= pattern.paths <= MOST_PATHS
    assert isinstance(pattern.compiled(), re.Pattern)
