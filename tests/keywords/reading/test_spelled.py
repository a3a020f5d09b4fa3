"""Words taken apart."""

import pytest
from lamplighter_keywords.reading.spelled import behind, groups, pieces, runs_of_letters, spaced_letters


@pytest.mark.parametrize(
    ("token", "letters"),
    [
        ("l.a.m.p", "lamp"),
        ("l-a-m-p", "lamp"),
        ("l_a_m", "lam"),
        ("l\U0001f525a\U0001f525m", "lam"),
        ("l.a", ""),
        ("l.a-m", ""),
        ("la.m.p", ""),
        ("lamp", ""),
    ],
)
def test_letters_with_one_kind_of_sign_between_them(token: str, letters: str) -> None:
    assert spaced_letters(token) == letters


def test_rows_of_letters() -> None:
    row = [True, True, False, True, True, True, False, True, True, True, True]
    assert list(runs_of_letters(row)) == [(3, 5), (7, 10)]
    assert list(runs_of_letters([True, True, False])) == []


def test_wider_gaps_part_words() -> None:
    assert groups(list("lamppost"), [" ", " ", " ", "  ", " ", " ", " "]) == ["lamp", "post"]
    assert groups(list("lamp"), [" ", " ", " "]) == ["lamp"]


def test_pieces() -> None:
    assert pieces("la_m-p!") == ["la", "m", "p"]


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("l*mp", ["lamp", "limp"]),
        ("l**p", ["lamp", "limp", "loop"]),
        ("l***", []),
        ("*amp", []),
        ("lamp", []),
        ("l*m", []),
        ("l*mps", []),
        ("l*m.", []),
    ],
)
def test_half_of_the_letters_must_be_seen(token: str, words: list[str]) -> None:
    assert behind(token, ["lamp", "lid", "limp", "loop"]) == words
