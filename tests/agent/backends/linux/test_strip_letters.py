"""Letters that join are drawn joined, and each line in its own direction, with a name kept in one piece."""

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.backends.linux._strip_letters import drawn, has_from_right, isolated
from lamplighter_agent.notice.languages import known, language_of

pytestmark = pytest.mark.notice

# Shapes by their names in Unicode, in the order of drawing.
_BEH = {kind: unicodedata.lookup(f"ARABIC LETTER BEH {kind} FORM") for kind in ("INITIAL", "MEDIAL", "FINAL")}


def names(text: str) -> list[str]:
    return [unicodedata.name(char).removeprefix("ARABIC ") for char in text]


def test_a_letter_has_the_shape_of_its_place_and_the_first_stands_at_the_right() -> None:
    assert drawn("ببب", right=True) == _BEH["FINAL"] + _BEH["MEDIAL"] + _BEH["INITIAL"]


@pytest.mark.parametrize(
    ("word", "shapes"),
    [
        # Dal joins nothing after it, so what follows begins anew.
        ("دب", ["LETTER BEH ISOLATED FORM", "LETTER DAL ISOLATED FORM"]),
        ("سلا", ["LIGATURE LAM WITH ALEF FINAL FORM", "LETTER SEEN INITIAL FORM"]),
        ("لا", ["LIGATURE LAM WITH ALEF ISOLATED FORM"]),
        (
            "ڈیٹا",
            [
                "LETTER ALEF FINAL FORM",
                "LETTER TTEH MEDIAL FORM",
                "LETTER FARSI YEH INITIAL FORM",
                "LETTER DDAL ISOLATED FORM",
            ],
        ),
        ("ہے", ["LETTER YEH BARREE FINAL FORM", "LETTER HEH GOAL INITIAL FORM"]),
        ("ءب", ["LETTER BEH ISOLATED FORM", "LETTER HAMZA ISOLATED FORM"]),
        ("بُب", ["LETTER BEH FINAL FORM", "LETTER BEH INITIAL FORM"]),
    ],
)
def test_letters_join_by_their_own_rules(word: str, shapes: list[str]) -> None:
    assert names(drawn(word, right=True)) == shapes


def test_numbers_and_latin_words_keep_their_order_in_a_sentence_from_the_right() -> None:
    assert drawn("אב 18:30 גד Lamp post.", right=True) == ".Lamp post דג 18:30 בא"


def test_a_name_keeps_its_own_order_and_its_brackets() -> None:
    assert drawn(f"אב {isolated('Oak (Upper) 2')}: גד.", right=True) == ".דג :Oak (Upper) 2 בא"
    assert drawn(f"of {isolated('אב (גד)')}, now", right=False) == "of (דג) בא, now"


def test_what_is_read_from_the_left_is_left_as_it_is() -> None:
    assert drawn(f"Of {isolated('Żeromski (1)')}.", right=False) == "Of Żeromski (1)."


@given(st.text(alphabet="ab1( ):.אבלاب", max_size=40), st.booleans())
def test_nothing_is_lost_and_nothing_added(text: str, right: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    shown = drawn(text, right=right)
    mirrored = shown.replace(")", "(")
    unshaped = unicodedata.normalize("NFKC", mirrored)
    assert Counter(unshaped) == Counter(unicodedata.normalize("NFKC", text).replace(")", "("))


@given(st.text(max_size=60))
def test_any_text_is_drawn_without_signs_of_direction(text: str) -> None:
    assert not {"\u2068", "\u2069"} & set(drawn(isolated(text), right=True))


@pytest.mark.parametrize("tag", known())
def test_only_two_languages_of_ours_run_from_the_right(tag: str) -> None:
    assert has_from_right(language_of(tag).strip.on) == (language_of(tag).direction == "rtl")
