"""Which terms are worth looking for, and where."""

from lamplighter_keywords.anchor_index import AnchorIndex

RUNS = "box,lamp,letter box,oil,old lantern,post,wick"
BOX, LAMP, LETTER_BOX, OIL, OLD_LANTERN, POST, WICK = range(7)
INDEX = AnchorIndex(
    [([LAMP, OLD_LANTERN],), (), ([LAMP], [POST, LETTER_BOX]), ([POST], [BOX, WICK], [OIL])], RUNS
)


def terms(*readings: str, every: bool = False) -> list[int]:
    return INDEX.terms([INDEX.hits(f" {one} ".encode()) for one in readings], every=every)


def test_an_anchor_leads_to_every_term_that_has_it() -> None:
    assert terms("the lamp") == [0]
    assert terms("an old lantern") == [0]
    assert terms("a lantern") == []
    assert terms("lamps") == []
    assert terms() == []


def test_of_every_other_group_one_must_be_there_too() -> None:
    assert terms("the lamp by the letter box") == [0, 2]
    assert terms("post box") == []
    assert terms("post wick oil") == [3]


def test_the_readings_of_a_text_count_together() -> None:
    assert terms("lamp", "post") == [0, 2]


def test_one_group_is_enough_for_every_one() -> None:
    assert terms("post", every=True) == [2, 3]
    assert terms("oil", every=True) == [3]


def test_places_are_given_with_the_blanks_around_them() -> None:
    hits = INDEX.hits(b" lamp post lamp ")
    assert INDEX.places(hits, [0, 2]) == {0: [(0, 6), (10, 16)], 2: [(0, 6), (10, 16)]}
    assert INDEX.places(hits, []) == {}


def test_without_anchors_nothing_is_found() -> None:
    index = AnchorIndex([(), ()], "")
    assert index.hits(b" lamp ") == []
    assert index.terms([[]]) == []
