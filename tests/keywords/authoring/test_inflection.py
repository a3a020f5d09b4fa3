"""Forms of words, as English makes them."""

import pytest
from lamplighter_keywords.authoring.inflection import inflections, phrase_forms


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("stab", ["stabs", "stabbed", "stabbing"]),
        ("carry", ["carries", "carried", "carrying"]),
        ("play", ["plays", "played", "playing"]),
        ("punch", ["punches", "punched", "punching"]),
        ("vape", ["vapes", "vaped", "vaping"]),
        ("die", ["dies", "died", "dying"]),
        ("threaten", ["threatens", "threatened", "threatening"]),
        ("buy", ["buys", "bought", "buying"]),
        ("kill", ["kills", "killed", "killing"]),
    ],
)
def test_forms(word: str, forms: list[str]) -> None:
    assert inflections(word)[0] == word
    assert set(forms) <= set(inflections(word))


@pytest.mark.parametrize("word", ["i", "as", "the", "42", "zażółć", "go"])
def test_small_and_foreign_words_stay(word: str) -> None:
    assert inflections(word) == (word,)


def test_two_changing_words_vary_together() -> None:
    assert "buying drugs" in phrase_forms("buy drug")


def test_three_changing_words_vary_one_at_a_time() -> None:
    forms = phrase_forms("light lamp post")
    assert "lighting lamp post" in forms
    assert "lighting lamps post" not in forms
