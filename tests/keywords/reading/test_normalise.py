"""The fold: plain spellings, and where each word stood."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.reading.normalise import fold, fold_bytes, fold_character, word_place, word_spans

APOSTROPHE = "\u2019"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  The LAMP,\tlit!\n", "the lamp lit"),
        ("don't", "dont"),
        (f"don{APOSTROPHE}t", "dont"),
        ("self-harm_or/so", "self harm or so"),
        ("Zażółć gęślą jaźń", "zazolc gesla jazn"),
        ("Straße Ærø Đorđe \u0131\u0130", "strasse aero dorde ii"),
        ("su\u00adi\u200bci\u2060de", "suicide"),
        ("\uff4c\uff41\uff4d\uff50", "lamp"),
        ("\U0001d42d\U0001d430\U0001d428", "two"),
        ("①②", "12"),
        ("lamp™", "lamp"),
        ("e\u0301tude", "etude"),
        ("\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd", "\u05e9\u05dc\u05d5\u05dd"),
        ("\u0645\u0640\u0640\u0631\u0652\u062d\u064e\u0628\u0627", "\u0645\u0631\u062d\u0628\u0627"),
        ("\u0646\u0641\u0633\u0649 \u0633\u0646\u0629", "\u0646\u0641\u0633\u064a \u0633\u0646\u0647"),
        ("\u06c1\u06cc\u06a9", "\u0647\u064a\u0643"),
        ("\u09b9\u09bf\u09a8\u09cd\u09a6\u09c0", "\u09b9\u09bf\u09a8\u09cd\u09a6\u09c0"),
        ("a\ud800b\x00c", "a b c"),
        ("\U0001f52a", ""),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_every_code_point_folds_to_what_stays_as_it_is() -> None:
    for code in range(sys.maxunicode + 1):
        once = fold_character(chr(code))
        if once.strip(" ") and chr(code) != once:
            assert "".join(map(fold_character, once)) == once, hex(code)


@given(text=st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_bytes(text).decode() == fold(text)


@given(text=st.text())
def test_case_and_composition_make_no_difference(text: str) -> None:
    assert fold(text.swapcase().swapcase().casefold()) == fold(text.casefold())


@given(text=st.one_of(st.text(), st.text(st.characters(max_codepoint=0x7F)), st.text("ab'`\u2019 é-\u200b½")))
def test_every_folded_word_has_its_place_in_the_text(text: str) -> None:
    spans = word_spans(text)
    folded = fold(text).split()
    assert len(spans) == len(folded)
    for (start, end), word in zip(spans, folded, strict=True):
        # One code point may hold two words, as a fraction does.
        assert word in fold(text[start:end]).split()
    assert spans == sorted(spans)


def test_a_place_holds_neither_blanks_nor_quotes_around_the_word() -> None:
    text = " 'lamp' \u201cpost\u201d\u200b"
    assert [text[start:end] for start, end in word_spans(text)] == ["lamp", "post"]


@given(st.text(st.one_of(st.characters(), st.sampled_from("a b'`,.é\u0301\u200b½ﬁß’")), max_size=40))
def test_a_place_is_that_of_the_spans(text: str) -> None:
    spans = word_spans(text)
    for first in range(len(spans)):
        for last in range(first, len(spans)):
            assert word_place(text, first, last) == (spans[first][0], spans[last][1])


@pytest.mark.parametrize("text", ["0':", "it's' ;", "x' :y", "'' a''b'' c"])
def test_a_place_ends_before_the_quote_after_it(text: str) -> None:
    spans = word_spans(text)
    assert [word_place(text, index, index) for index in range(len(spans))] == spans


def test_places_far_behind() -> None:
    assert word_place("a, b " * 2_000, 3_000, 3_001) == (7_500, 7_504)
