"""Backspaces against a reference that presses one key after the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.reading.edits import CONTEXT_CHARACTERS, MOST_DRAFTS, apply_edits

KEYS = st.text(st.sampled_from("ab c\b\b"), max_size=60)


def one_key_at_a_time(text: str) -> tuple[str, list[str]]:
    """Give the final text and the text before each run of Backspaces that took something away."""
    standing, high_water = "", []
    for index, key in enumerate(text):
        if key != "\b":
            standing += key
            continue
        if standing and (index == 0 or text[index - 1] != "\b"):
            high_water.append(standing)
        standing = standing[:-1]
    return standing, high_water


@given(text=KEYS)
def test_equals_pressing_one_key_at_a_time(text: str) -> None:
    edited = apply_edits(text)
    final, high_water = one_key_at_a_time(text)
    assert edited.final.text == final
    assert [draft.text for draft in edited.drafts] == high_water


@given(text=st.text(st.sampled_from("ab \b\U0001f52a\u0301"), max_size=400))
def test_every_character_knows_where_it_stood(text: str) -> None:
    edited = apply_edits(text)
    for draft in (edited.final, *edited.drafts):
        assert draft.text == "".join(text[index] for index in draft.origin)
        assert list(draft.origin) == sorted(set(draft.origin))
        assert 0 <= draft.deleted_from <= len(draft.text)


@pytest.mark.parametrize("before", ["x" * 500, "word " * 100, " " * 300])
def test_a_draft_is_short_and_does_not_begin_inside_a_word(before: str) -> None:
    text = before + "lamp\b\b\b\b"
    (draft,) = apply_edits(text).drafts
    assert len(draft.text) <= CONTEXT_CHARACTERS + 4
    assert draft.text[draft.deleted_from :] == "lamp"
    start = draft.origin[0]
    assert draft.deleted_from == 0 or not text[start - 1].isalnum() or not text[start].isalnum()


def test_of_many_drafts_the_last_are_kept() -> None:
    edited = apply_edits("".join(f" lamp{nth}\b" for nth in range(MOST_DRAFTS + 2)))
    assert len(edited.drafts) == MOST_DRAFTS
    assert edited.drafts[-1].text.endswith(f"lamp{MOST_DRAFTS + 1}")


def test_a_part_of_a_draft_has_its_place_in_the_raw_text() -> None:
    edited = apply_edits("a lax\bmp")
    assert edited.final.text[2:6] == "lamp"
    assert edited.final.place(2, 6) == (2, 8)


def test_backspace_at_the_beginning_does_nothing() -> None:
    edited = apply_edits("\b\blamp")
    assert (edited.final.text, edited.final.origin, edited.drafts) == ("lamp", (2, 3, 4, 5), ())


def test_the_text_is_not_shown_by_repr() -> None:
    assert "lamp" not in repr(apply_edits("lamp\b\b"))
