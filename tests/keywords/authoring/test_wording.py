"""Texts of terms in every form."""

from lamplighter_keywords.authoring.wording import Wording, padded
from lamplighter_keywords.knowledge import Knowledge

from tests.keywords.lists import term

KNOWLEDGE = Knowledge(
    classes={"want": ("want to",)}, spellings={"wanna": "want to", "da": "the"}, fillers=frozenset({"really"})
)


def test_a_text_is_given_as_it_stands_and_in_plain_speech() -> None:
    wording = Wording(KNOWLEDGE)
    assert wording.forms("wanna really Light (a|da) lamp") == [
        "wanna really light a lamp",
        "want to light a lamp",
        "wanna really light da lamp",
        "want to light the lamp",
    ]
    assert wording.forms("{want} light") == ["want to light"]
    assert not wording.keeps_fillers


def test_a_chat_spelling_by_itself_stays_what_it_is() -> None:
    assert Wording(KNOWLEDGE).forms("da") == ["da"]


def test_a_filler_at_an_end_is_kept() -> None:
    wording = Wording(KNOWLEDGE)
    assert wording.forms("really light da lamp") == ["really light da lamp", "really light the lamp"]
    assert wording.keeps_fillers


def test_gaps_and_inflections() -> None:
    assert Wording(KNOWLEDGE).forms("light * da lamp") == ["light * da lamp", "light * the lamp"]
    forms = Wording(KNOWLEDGE).forms("stab", stem=True)
    assert set(forms) == {"stab", "stabs", "stabbed", "stabbing", "stabed", "stabing"}


def test_the_words_of_what_is_searched_for_are_gathered() -> None:
    wording = Wording(KNOWLEDGE)
    assert wording.searched(term("wanna * light")) == ["wanna * light", "want to * light"]
    assert wording.words == {"wanna", "want", "to", "light"}


def test_the_longest_part_of_all_of_is_searched_for() -> None:
    wording = Wording(KNOWLEDGE)
    made = term("(lamp|light)", "the ladder", mode="all_of", any_of=("now",), exceptions=("da ladder",))
    assert wording.searched(made) == ["the ladder"]
    assert wording.others(made) == ((b" lamp ", b" light "),)
    assert wording.required(made) == (b" now ",)
    assert wording.exceptions(made) == (b" da ladder ", b" the ladder ")


def test_a_pattern_has_no_forms() -> None:
    assert Wording(KNOWLEDGE).searched(term("lam{1,3}p", mode="regex")) == []


def test_padded_forms_are_there_once() -> None:
    assert padded(["a", "a"]) == (b" a ",)
    assert padded(["a", "a"], distinct=False) == (b" a ", b" a ")
