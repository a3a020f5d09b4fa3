"""The words on the strip: whatever the name, the sentence says that it is on, and the link is there."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.backends.linux._strip_words import (
    Room,
    StripWords,
    Told,
    drawable,
    language_for,
    words_for,
)
from lamplighter_agent.notice.languages import known, language_of

pytestmark = pytest.mark.notice
LINK = "What it checks"


def latin(char: str) -> bool:
    return ord(char) < 256 and char.isprintable()


def anything(_char: str) -> bool:
    return True


def room(pixels: int = 1200, has: Callable[[str], bool] = latin) -> Room:
    return Room(has=has, width=lambda text: 9 * len(text), pixels=pixels)


def words_on(name: str, space: Room) -> StripWords:
    return words_for(Told(organisation=name, on=True), space)


def test_an_ordinary_name_stands_in_the_sentence() -> None:
    words = words_on("Larkhill Bridge School", room())
    assert words.sentence == "Lamplighter is on: this device belongs to Larkhill Bridge School."
    assert (words.link, words.help, words.right) == (LINK, "I need help", False)
    assert words_on("Larkhill Bridge St.", room()).sentence.endswith("Larkhill Bridge St.")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("École Żeromski", "École Zeromski"),
        ("Oak 🎒 School", "Oak School"),
        ("Oak\u202e\x00\x1b School\n", "Oak School"),
        ("مدرسة", ""),
        ("בית ספר Oak", ""),
        ("Oak בית", ""),
        ("学校", ""),
        ("🎒🎒", ""),
        ("", ""),
        ("<b>Oak</b> & Ash", "<b>Oak</b> & Ash"),
    ],
)
def test_what_the_font_cannot_show_is_left_out(name: str, shown: str) -> None:
    assert drawable(name, latin) == shown


def test_a_name_that_runs_from_the_right_is_shown_where_the_font_has_all_of_it() -> None:
    assert drawable("בית ספר Oak", anything) == "בית ספר Oak"
    assert words_on("בית", room(has=anything)).sentence.endswith("belongs to תיב.")
    assert words_on("בית", room()).sentence.endswith("belongs to your school.")


def test_a_long_name_is_cut_and_the_link_stays() -> None:
    words = words_on("St " + "Aldhelm and " * 40, room(900))
    assert words.sentence.endswith("...")
    assert not words.sentence.endswith("....")
    assert words.link == LINK


def test_a_very_narrow_screen_keeps_the_most_important() -> None:
    assert words_on("Oak", room(360)).sentence == "Lamplighter is on."
    assert words_on("Oak", room(100)).link == LINK


@given(name=st.text(max_size=400), pixels=st.integers(400, 4000))
def test_it_always_says_that_it_is_on_and_fits(name: str, pixels: int) -> None:
    words = words_on(name, room(pixels))
    assert words.sentence.startswith("Lamplighter is on")
    assert 9 * len(words.sentence + "  " + words.link) <= pixels
    assert all(latin(char) for char in words.sentence)


@pytest.mark.parametrize("name", ["", "Larkhill Bridge School"])
def test_where_nothing_is_checked_it_says_so_and_claims_nobody(name: str) -> None:
    off = Told(organisation=name)
    words = words_for(off, room())
    assert words.sentence.startswith("Lamplighter is off")
    assert "belongs" not in words.sentence
    assert words.link == LINK
    assert words_for(off, room(330)).sentence == "Lamplighter is off."
    assert words_for(off, room(200)).sentence == ""


@pytest.mark.parametrize("tag", known())
def test_each_language_says_each_state_in_its_own_words(tag: str) -> None:
    language = language_of(tag)
    name = "Larkhill Bridge School"
    for on, until, said in (
        (True, "", language.strip.on_short),
        (False, "", language.strip.off_short),
        (False, "Monday 07:00", language.strip.rests_short.partition("{")[0]),
    ):
        told = Told(organisation=name, language=f"{tag}_XX.UTF-8", on=on, rests_until=until)
        words = words_for(told, room(has=anything))
        assert words.right == (language.direction == "rtl")
        assert "Lamplighter" in words.sentence
        assert until[-5:] in words.sentence
        assert "{" not in words.sentence
        if not words.right:
            assert words.sentence.startswith(said.rstrip("."))
            assert (words.link, words.help) == (language.strip.link, language.help.title)
        assert (name in words.sentence) == on


def test_a_font_without_a_language_shows_english_and_not_half_of_it() -> None:
    assert language_for("pl_PL.UTF-8", latin).language == "en"
    assert language_for("pl_PL.UTF-8", anything).language == "pl"
    assert words_for(Told(organisation="Oak", language="ar", on=True), room()).sentence.startswith(
        "Lamplighter is on: this device belongs to Oak."
    )
