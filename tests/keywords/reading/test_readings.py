"""Readings: words, and the places they stand for."""

from lamplighter_keywords.reading.readings import PlainReading, Unit, exact
from lamplighter_keywords.reading.variants import CENSORED, EXACT, LEET, LOOKALIKE, SPACED, SPEECH, Guess


def plain(text: str, *units: Unit) -> PlainReading:
    pieces = ["".join(f"{word} " for word in unit.guess.words).encode() for unit in units]
    return PlainReading(text, pieces, units.__getitem__)


def test_exact_keeps_the_places() -> None:
    reading = exact("The Lamp!")
    assert (reading.joined, reading.words) == (b" the lamp ", [b"the", b"lamp"])
    assert reading.locate(0, 1)[:2] == (0, 8)
    assert reading.locate(1, 1)[:2] == (4, 8)
    assert reading.locate(1, 1).lane == EXACT


def test_one_token_may_be_several_words_and_none() -> None:
    reading = plain(
        "i wanna really go.",
        Unit(Guess(("i",)), 0, 0, "i"),
        Unit(Guess(("want", "to"), SPEECH), 1, 1, "wanna"),
        Unit(Guess(()), 2, 2, "really"),
        Unit(Guess(("go",)), 3, 3, "go."),
    )
    assert reading.joined == b" i want to go "
    place = reading.locate(1, 3)
    assert (place.start, place.end, place.lane, place.edits) == (2, 17, SPEECH, 0)
    assert [mark.covered for mark in place.marks] == [2, 1]
    assert reading.locate(0, 0)[:2] == (0, 1)


def test_an_unchanged_token_keeps_the_places_of_its_words() -> None:
    first = Unit(Guess(("lamp", "post")), 0, 0, "lamp-post,")
    reading = plain("lamp-post, x", first, Unit(Guess(("y",), LEET, 1), 1, 1, "x"))
    assert reading.locate(1, 1)[:2] == (5, 9)
    assert reading.locate(0, 2).edits == 1


def test_signs_at_the_ends_may_be_letters() -> None:
    reading = plain('"$ide!",', Unit(Guess(("side",), LEET, 1), 0, 0, '"$ide!",'))
    assert reading.locate(0, 0)[:2] == (1, 6)
    reading = plain("(l*mp)", Unit(Guess(("lamp",), CENSORED, 1), 0, 0, "(l*mp)"))
    assert reading.locate(0, 0)[:2] == (1, 5)


def test_several_tokens_are_one_place() -> None:
    reading = plain("a  l a m p", Unit(Guess(("a",)), 0, 0, "a"), Unit(Guess(("lamp",), SPACED, 3), 1, 4, ""))
    assert reading.locate(1, 1)[:2] == (3, 10)


def test_a_letter_of_another_alphabet_is_a_lookalike() -> None:
    text = "l\u0430mp"
    reading = plain(text, Unit(Guess(("lamp",)), 0, 0, "lamp"))
    assert (reading.locate(0, 0).lane, reading.locate(0, 0).edits) == (LOOKALIKE, 1)


def test_what_only_fillers_hid_is_plain_speech() -> None:
    words = [("lamp",), (), ("post",)]
    units = (Unit(Guess(said), at, at, "x") for at, said in enumerate(words))
    reading = plain("x x x", *units)
    assert (reading.locate(0, 1).lane, reading.locate(0, 1).end) == (SPEECH, 5)
