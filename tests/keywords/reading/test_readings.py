"""Lanes."""

import pytest
from lamplighter_keywords.reading.readings import exact, possessive

CURLY = "\u2019"


def test_exact_keeps_the_places() -> None:
    reading = exact("The Lamp!")
    assert (reading.joined, reading.words, reading.spans) == (
        b" the lamp ",
        [b"the", b"lamp"],
        [(0, 3), (4, 8)],
    )


@pytest.mark.parametrize("text", ["the lamp's light", f"the lamp{CURLY}S light", "the lamp`s light"])
def test_a_possessive_is_read_as_the_word(text: str) -> None:
    reading = possessive(text)
    assert reading is not None
    assert reading.joined == b" the lamp light "
    assert reading.spans == exact(text).spans


@pytest.mark.parametrize("text", ["the lamp", "'so", "don't", f"lamps{CURLY} light", "_'s lamp"])
def test_without_a_possessive_there_is_no_reading(text: str) -> None:
    assert possessive(text) is None
