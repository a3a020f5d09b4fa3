"""Phrases of ordinary life that mask what is inside them."""

import pytest
from lamplighter_keywords.harmless import Harmless

HARMLESS = Harmless([b" lamp shade ", b" big lamp shade shop "], [b" the lamp ", b" the lamp post "])


@pytest.mark.parametrize(
    ("joined", "spelling", "covered"),
    [
        (b" a lamp shade here ", b" lamp ", True),
        (b" a lamp shade here ", b" lamp shade ", True),
        (b" a lamp shade here ", b" a lamp ", False),
        (b" a lamp shades here ", b" lamp ", False),
        (b" big lamp shade shop ", b" shade shop ", True),
        (b" the lamp ", b" lamp ", True),
        # A title that is the term itself may mean either.
        (b" the lamp ", b" the lamp ", False),
        (b" the lamp post ", b" the lamp ", True),
    ],
)
def test_a_place_is_covered_by_a_phrase_around_it(joined: bytes, spelling: bytes, *, covered: bool) -> None:
    start = joined.index(spelling)
    assert HARMLESS.covers(joined, start, start + len(spelling)) is covered


def test_what_no_phrase_holds_is_covered_nowhere() -> None:
    assert HARMLESS.may_cover(b" lamp ")
    assert HARMLESS.may_cover(b" shade shop ")
    assert not HARMLESS.may_cover(b" lantern ")
    # Words of two phrases that stand beside each other in memory are no phrase.
    assert not HARMLESS.may_cover(b" shade big ")


def test_the_phrase_that_covers_a_place_is_given() -> None:
    assert HARMLESS.phrase(b" a lamp shade here ", 2, 8) == b" lamp shade "
    assert HARMLESS.phrase(b" a lamp ", 2, 8) == b""


def test_without_phrases_nothing_is_covered() -> None:
    nothing = Harmless([], [])
    assert not nothing.may_cover(b" lamp ")
    assert not nothing.covers(b" lamp ", 0, 6)
