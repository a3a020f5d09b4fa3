"""What is searched for, and what is asked about a place."""

import pytest
from lamplighter_keywords.knowledge import Knowledge
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


def test_an_exception_of_all_of_may_touch_any_of_its_parts() -> None:
    book = RuleBook(
        pack_of(term("ladder", "lamp", mode="all_of", within=6, exceptions=("lamp post", "post office")))
    )
    assert places(book, "a ladder by the lamp post") == []
    assert places(book, "a ladder at the post office with a lamp") == []
    assert places(book, "a ladder by the lamp") == [(1, 4)]


@pytest.mark.parametrize(("theme", "found"), [("other-theme", []), ("core-theme", [(1, 3)])])
def test_what_stands_beside_the_parts_excuses_outside_core_themes(
    theme: str, found: list[tuple[int, int]]
) -> None:
    parts = term("ladder", "lamp", mode="all_of", within=4, exceptions=("in the shop",))
    book = RuleBook(pack_of(parts, theme=theme))
    assert places(book, "a ladder, a lamp as seen in the shop") == found
    assert places(book, "a ladder, a lamp as seen by me and him in the shop") == [(1, 3)]


def test_the_start_and_end_of_a_finding_are_places_in_the_text() -> None:
    (finding,) = RuleBook(pack_of(term("lamp post"))).findings(exact("a  LAMP-post!"))
    assert (finding.start, finding.end) == (3, 12)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("light the old lamp", [(0, 3)]),
        ("light lamp", [(0, 1)]),
        ("light x x x lamp", [(0, 4)]),
        ("light x x x x lamp", []),
        ("lamp light", []),
        ("the lamp", []),
    ],
)
def test_a_gap_holds_up_to_three_words(text: str, found: list[tuple[int, int]]) -> None:
    assert places(RuleBook(pack_of(term("light * lamp"))), text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("up the high ladder by the lamp post now", [(0, 8)]),
        ("up ladder lamp post now", [(0, 4)]),
        ("ladder lamp post now", []),
        ("up ladder lamp post", []),
    ],
)
def test_the_longest_part_is_sought_and_the_others_stand_beside_it(
    text: str, found: list[tuple[int, int]]
) -> None:
    assert places(RuleBook(pack_of(term("up * ladder * lamp post * now"))), text) == found


def test_an_exception_covers_a_place_with_gaps() -> None:
    book = RuleBook(pack_of(term("light * lamp", exceptions=("light the old lamp",))))
    assert places(book, "now light the old lamp") == []
    assert places(book, "now light the new lamp") == [(1, 4)]


def test_texts_exceptions_and_requirements_are_written_out() -> None:
    made = term("{light} (a|the) lamp", exceptions=("(light|switch on) the lamp post",), any_of=("{when}",))
    knowledge = Knowledge(classes={"light": ("light", "switch on"), "when": ("now", "at once")})
    book = RuleBook(pack_of(made, knowledge=knowledge))
    assert places(book, "switch on the lamp at once") == [(0, 3)]
    assert places(book, "light a lamp now") == [(0, 2)]
    assert places(book, "light a lamp") == []
    assert places(book, "switch on the lamp post now") == []


def test_any_spelling_of_a_part_serves_all_of() -> None:
    book = RuleBook(pack_of(term("(old|new) lamp", "(ladder|steps)", mode="all_of", within=6)))
    assert places(book, "the steps to the old lamp") == [(1, 5)]
    assert places(book, "new lamp and ladder") == [(0, 3)]
    assert places(book, "steps and ladder") == []


def test_brackets_that_do_not_match_are_plain_separators() -> None:
    assert places(RuleBook(pack_of(term("lamp (post"))), "lamp post") == [(0, 1)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the lamp of god", []),
        ("light the lamp night", []),
        ("the old lamp", [(2, 2)]),
    ],
)
def test_idioms_and_longer_titles_mask_what_is_in_them(text: str, found: list[tuple[int, int]]) -> None:
    knowledge = Knowledge(harmless=("lamp of god",), works=("Light the Lamp Night", "Lamp"))
    assert places(RuleBook(pack_of(term("lamp"), knowledge=knowledge)), text) == found


def test_a_title_that_is_the_term_itself_masks_nothing() -> None:
    book = RuleBook(pack_of(term("red lamp"), knowledge=Knowledge(works=("Red-Lamp",))))
    assert places(book, "red lamp") == [(0, 1)]


def test_what_is_excused_is_told_wherever_it_stands() -> None:
    parts = term("oil", "ladder", mode="all_of", term_id="t2", exceptions=("the rope ladder",))
    book = RuleBook(pack_of(term("lamp", exceptions=("lamp post",)), parts))
    reading = exact("a long walk to the lamp post, the rope ladder and back")
    assert {one.rule.term.id for one in book.search([reading], every=True).excused} == {"t1", "t2"}
    assert {one.rule.term.id for one in book.search([reading]).excused} == {"t1"}
