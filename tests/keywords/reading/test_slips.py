"""Typing slips."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.reading.slips import SlipIndex

LISTED = ["lantern", "lanterns", "candle", "post"]
SLIPS = SlipIndex(sorted([*LISTED, "lit", "2lamps"]))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lanern", ["lantern"]),
        ("lantdern", ["lantern"]),
        ("lamtern", ["lantern"]),
        ("lnatern", ["lantern"]),
        ("lanternz", ["lantern", "lanterns"]),
        ("pots", ["post"]),
        ("antern", []),
        ("kantern", []),
        ("lantern", ["lanterns"]),
        ("lamttern", []),
        ("lt", []),
    ],
)
def test_one_slip_behind_the_first_letter(typed: str, meant: list[str]) -> None:
    assert SLIPS.nearest(typed) == meant


@given(st.sampled_from(LISTED), st.integers(1, 3), st.characters(min_codepoint=97, max_codepoint=122))
def test_every_wrong_letter_is_found(word: str, at: int, letter: str) -> None:
    typed = word[:at] + letter + word[at + 1 :]
    assert typed == word or word in SLIPS.nearest(typed)


def test_an_empty_index_finds_nothing() -> None:
    assert SlipIndex(()).nearest("lantern") == []
