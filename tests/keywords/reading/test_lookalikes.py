"""Letters that look like others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.reading.lookalikes import unmasked


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("lamp", "lamp"),
        ("l\u0430m\u0440", "lamp"),
        ("the \u0440\u043e\u0441\u0442 here", "the poct here"),
        ("L\u0391MP", "LAMP"),
        ("\u1d0c\u1d00\u1d0d\u1d18", "\u1d0camp"),
        ("\U0001f1f1\U0001f1e6mp", "lamp"),
        ("CA\u042f", "CAR"),
        ("\u00e9t\u00e9", "\u00e9t\u00e9"),
    ],
)
def test_latin_words_are_set_in_latin_letters(text: str, plain: str) -> None:
    assert unmasked(text) == plain


MOUTH = "\u0440\u043e\u0442"
HOUSE = "\u0434\u0456\u043c"
GREEK = "\u03ba\u03b1\u03b9 the \u03c6\u03c9\u03c2"


@pytest.mark.parametrize("text", [MOUTH, f"the {MOUTH} {HOUSE}", GREEK])
def test_words_of_another_alphabet_stay(text: str) -> None:
    assert unmasked(text) == text


def test_a_latin_letter_in_a_ukrainian_word_becomes_ukrainian() -> None:
    assert unmasked("\u0434\u0456\u043ca") == "\u0434\u0456\u043c\u0430"


@given(st.text())
def test_words_and_places_stay(text: str) -> None:
    plain = unmasked(text)
    assert len(plain) == len(text)
    assert [one.isspace() for one in plain] == [one.isspace() for one in text]
