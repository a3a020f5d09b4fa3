"""Texts in one piece are what a tuple of them is."""

from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.texts import Texts

LINES = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])), min_size=1)


@given(LINES)
def test_they_are_what_a_tuple_is(lines: list[str]) -> None:
    texts, parted = Texts.of("\n".join(lines)), tuple(lines)
    assert texts == parted
    assert texts == Texts.of("\n".join(parted))
    assert hash(texts) == hash(parted)
    assert len(texts) == len(parted)
    assert (*texts, texts[-1], texts[1:]) == (*parted, parted[-1], parted[1:])


def test_they_equal_nothing_else() -> None:
    assert Texts.of("lamp") != "lamp"
    assert Texts.of("lamp\npost") != ("lamp",)
