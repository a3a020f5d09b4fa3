"""What one token may stand for."""

import pytest
from lamplighter_keywords.reading.speech import Speech
from lamplighter_keywords.reading.variants import (
    CENSORED,
    EMOJI,
    EXACT,
    JOINED,
    LEET,
    REPEAT,
    SPACED,
    SPEECH,
    SPLIT,
    TYPO,
    Guess,
    Variants,
)
from lamplighter_keywords.reading.vocabulary import NO_WORDS, Vocabulary

WORDS = ["lantern", "light", "lamp", "good", "my", "lamps", "lilt", "post", "to", "candle"]
KNOWN = ["lighter", "lantana", "whippet", "sun", "lump"]
VOCABULARY = Vocabulary.of(KNOWN, ["light", "lamp", "the", "home", "limp"])
SPELLINGS = {"wanna": "want to", "i'll": "i will", "gud": "good"}
VARIANTS = Variants(WORDS, Speech(SPELLINGS, ["really"]), VOCABULARY)


@pytest.mark.parametrize(
    ("token", "guess"),
    [
        ("lamp", Guess(("lamp",))),
        ("LAMP!", Guess(("lamp",))),
        ("home-lamp", Guess(("home", "lamp"))),
        ("\U0001f525", Guess(())),
        ("wanna", Guess(("want", "to"), SPEECH)),
        ("I'll", Guess(("i", "will"), SPEECH)),
        ("lamp's", Guess(("lamp",))),
        ("1amp", Guess(("lamp",), LEET, 1)),
        ("l@mp", Guess(("lamp",), LEET, 1)),
        ("l!ght", Guess(("light",), LEET, 1)),
        ("g00d", Guess(("good",), LEET, 2)),
        ("g00000d", Guess(("good",), LEET, 8)),
        ("laaamp", Guess(("lamp",), REPEAT, 2)),
        ("goooood", Guess(("good",), REPEAT, 3)),
        ("god", Guess(("good",), TYPO, 1)),
        ("wannaaa", Guess(("want", "to"), REPEAT, 2)),
        ("mylamp", Guess(("my", "lamp"), JOINED, 1)),
        ("#mylamp", Guess(("my", "lamp"), JOINED, 1)),
        ("l.a.m.p", Guess(("lamp",), SPACED, 3)),
        ("m.y.l.a.m.p", Guess(("my", "lamp"), SPACED, 6)),
        ("l*mp", Guess(("lamp",), CENSORED, 1)),
        ("la-mp", Guess(("lamp",), SPLIT, 1)),
        ("la\U0001f525mp", Guess(("lamp",), EMOJI, 1)),
        ("lantren", Guess(("lantern",), TYPO, 1)),
        ("lighter", Guess(("lighter",))),
        ("lighters", Guess(("lighters",))),
        ("whippets", Guess(("whippets",))),
        ("limp", Guess(("limp",))),
        ("2024", Guess(("2024",))),
        ("a1b2c3", Guess(("a1b2c3",))),
        ("really", Guess(("really",))),
    ],
)
def test_the_first_guess(token: str, guess: Guess) -> None:
    assert VARIANTS.guesses(token)[0] == guess


def test_a_sign_that_could_be_two_letters_gives_two_guesses() -> None:
    both = Variants(["lilt", "litt"], Speech({}, ()), NO_WORDS).guesses("l1lt")
    assert both == [Guess(("lilt",), LEET, 1)]
    found = Variants(["pail", "pall"], Speech({}, ()), NO_WORDS).guesses("pa1l")
    assert [guess.words for guess in found] == [("pail",), ("pall",)]


def test_a_long_token_is_read_as_it_stands() -> None:
    assert VARIANTS.guesses("l*mp" * 40)[0].lane == EXACT


def test_without_a_vocabulary_there_are_no_slips() -> None:
    assert Variants(WORDS, Speech({}, ()), NO_WORDS).guesses("lantren") == [Guess(("lantren",))]


def test_letters_of_a_row_are_one_word_or_several() -> None:
    assert VARIANTS.in_words("lamp") == Guess(("lamp",))
    assert VARIANTS.in_words("1amp") == Guess(("lamp",), LEET, 1)
    assert VARIANTS.in_words("mylamp") == Guess(("my", "lamp"), JOINED, 1)
    assert VARIANTS.in_words("xlamp") is None


@pytest.mark.parametrize(("word", "fragment"), [("lant", True), ("ern", True), ("light", False)])
def test_fragments(word: str, fragment: bool) -> None:  # noqa: FBT001
    assert VARIANTS.is_fragment(word) is fragment


FOREIGN = Variants(
    [*WORDS, "to", "me", "tome", "goodlamp", "lantes"],
    Speech({}, []),
    Vocabulary.of(["lanters", "candel", "lightpost"], ["light", "good", "me"]),
    [*WORDS, "me"],
)


@pytest.mark.parametrize(
    ("token", "guesses"),
    [
        # A word that exists is taken for itself first; taking it for another one is two changes.
        ("candel", [Guess(("candel",)), Guess(("candle",), TYPO, 2)]),
        ("lightpost", [Guess(("lightpost",)), Guess(("light", "post"), JOINED, 1)]),
        # Of the words that may be meant, those of the table's language and the common ones come first.
        ("lantesn", [Guess(("lantern",), TYPO, 1), Guess(("lantes",), TYPO, 1)]),
        ("goodtome", [Guess(("good", "to", "me"), JOINED, 2)]),
        # A listed word of another language.
        ("goodlamp", [Guess(("goodlamp",)), Guess(("good", "lamp"), JOINED, 1)]),
        # Of another language's words, one that exists is another form.
        ("lanters", [Guess(("lanters",)), Guess(("lantern",), TYPO, 2)]),
    ],
)
def test_the_likelier_guess_comes_first(token: str, guesses: list[Guess]) -> None:
    assert FOREIGN.guesses(token) == guesses
