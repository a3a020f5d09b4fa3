"""What is searched for, and what is asked about a place."""

import pytest
from lamplighter_keywords.reading.readings import exact
from lamplighter_keywords.rules import RuleBook

from tests.keywords.lists import pack_of, term


def places(book: RuleBook, text: str) -> list[tuple[int, int]]:
    return sorted((finding.first, finding.last) for finding in book.findings(exact(text)))


def test_overlapping_places_are_all_given() -> None:
    assert places(RuleBook(pack_of(term("a lamp", "lamp post", "lamp"))), "a lamp post") == [
        (0, 1),
        (1, 1),
        (1, 2),
    ]


def test_the_same_spelling_of_two_terms_is_found_for_both() -> None:
    assert places(RuleBook(pack_of(term("lamp"), term("LAMP", term_id="t2"))), "lamp") == [(0, 0), (0, 0)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lamp ladder", [(0, 1)]),
        ("ladder x x lamp", [(0, 3)]),
        ("ladder x x x lamp", []),
        ("lamp x ladder x lamp", [(2, 4)]),
        ("lamp", []),
    ],
)
def test_all_of_gives_the_words_from_first_to_last_part(text: str, found: list[tuple[int, int]]) -> None:
    book = RuleBook(pack_of(term("ladder", "lamp", mode="all_of", within=4)))
    assert places(book, text) == found


def test_an_exception_of_all_of_masks_a_part_that_it_touches() -> None:
    book = RuleBook(
        pack_of(term("ladder", "lamp", mode="all_of", within=4, exceptions=("ladder in the tights",)))
    )
    assert places(book, "lamp, ladder in the tights") == []


def test_the_start_and_end_of_a_finding_are_places_in_the_text() -> None:
    (finding,) = RuleBook(pack_of(term("lamp post"))).findings(exact("a  LAMP-post!"))
    assert (finding.start, finding.end) == (3, 12)
