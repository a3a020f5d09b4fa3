"""The words on the strip: whatever the name, the sentence says that it is on, and the link is there."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.backends.linux._strip_words import LINK, UNNAMED, Room, drawable, plain, words_for

pytestmark = pytest.mark.notice


def latin(char: str) -> bool:
    return ord(char) < 256 and char.isprintable()


def room(pixels: int = 1200) -> Room:
    return Room(has=latin, width=lambda text: 9 * len(text), pixels=pixels)


def test_an_ordinary_name_stands_in_the_sentence() -> None:
    words = words_for("Larkhill Bridge School", room())
    assert words.sentence == "Lamplighter is on: this device belongs to Larkhill Bridge School."
    assert words.link == LINK


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("École Żeromski", "École Zeromski"),
        ("Oak 🎒 School", "Oak School"),
        ("Oak\u202e\x00\x1b School\n", "Oak School"),
        ("مدرسة", UNNAMED),
        ("בית ספר Oak", UNNAMED),
        ("学校", UNNAMED),
        ("🎒🎒", UNNAMED),
        ("", UNNAMED),
        ("<b>Oak</b> & Ash", "<b>Oak</b> & Ash"),
    ],
)
def test_what_the_font_cannot_show_is_left_out(name: str, shown: str) -> None:
    assert drawable(name, latin) == shown


def test_a_long_name_is_cut_and_the_link_stays() -> None:
    words = words_for("St " + "Aldhelm and " * 40, room(900))
    assert words.sentence.endswith("...")
    assert not words.sentence.endswith("....")
    assert words.link == LINK


def test_a_very_narrow_screen_keeps_the_most_important() -> None:
    assert words_for("Oak", room(360)).sentence == "Lamplighter is on."
    assert words_for("Oak", room(100)).link == LINK


@given(name=st.text(max_size=400), pixels=st.integers(400, 4000))
def test_it_always_says_that_it_is_on_and_fits(name: str, pixels: int) -> None:
    words = words_for(name, room(pixels))
    assert words.sentence.startswith("Lamplighter is on")
    assert 9 * len(words.sentence + "  " + words.link) <= pixels
    assert all(latin(char) for char in words.sentence)


@given(name=st.text(max_size=400))
def test_a_plain_name_has_no_control_characters_and_one_line(name: str) -> None:
    shown = plain(name)
    assert shown == " ".join(shown.split())
    assert not any(unicodedata.category(char).startswith("C") for char in shown)


@pytest.mark.parametrize("name", ["", "Larkhill Bridge School"])
def test_where_nothing_is_checked_it_says_so_and_claims_nobody(name: str) -> None:
    words = words_for(name, room(), on=False)
    assert words.sentence.startswith("Lamplighter is off")
    assert "belongs" not in words.sentence
    assert words.link == LINK
    assert words_for(name, room(330), on=False).sentence == "Lamplighter is off."
    assert words_for(name, room(200), on=False).sentence == ""
