"""Licensed lists: found in a text, and nowhere to be read."""

from lamplighter_keywords.authoring.licensing import licensed_from
from lamplighter_keywords.bundles.licensed import LicensedList, LicensedLists, fold_mark, is_list_id
from lamplighter_keywords.reading.normalise import fold_bytes

from tests.keywords.authoring.test_licensing import NOW, licence

ALL = "abcdefghijklmnopqrstuvwxyz"
LETTERS = str.maketrans("0123456789", "abcdefghij")


def made(*terms: str, list_id: str = "partner-1", severity: int = 5, theme: str = "csam") -> LicensedList:
    return licensed_from(
        "\n".join(terms).encode(),
        licence(list_id=list_id, severity=severity, theme=theme, expires=1 << 50),
        now=NOW,
    )


def places(terms: list[str], text: str) -> list[tuple[int, int, int]]:
    words = fold_bytes(text).split()
    return [(one.entry, one.first, one.last) for one in LicensedLists([made(*terms)]).find(words)]


def test_whole_words_in_any_spelling_of_the_fold() -> None:
    assert places(["Quibble-Fen"], "a QUIBBLE  fen!") == [(1, 1, 2)]
    assert places(["quibble"], "quibbles") == []


def test_entries_of_several_lengths_and_places() -> None:
    assert places(["lark", "mud lark song"], "mud lark song and lark") == [(2, 0, 2), (1, 1, 1), (1, 4, 4)]


def test_what_only_begins_like_an_entry_is_none() -> None:
    assert places(["mud lark song"], "mud lark, mud song") == []


def test_a_word_too_long_to_be_remembered_is_found() -> None:
    long = "quibble" * 5
    assert places([long], f"a {long} here") == [(1, 1, 1)]


def test_a_word_with_digits_is_found_too() -> None:
    assert places(["quibble99 fen"], "a quibble99 fen") == [(1, 1, 2)]


def test_what_was_looked_up_is_forgotten_again() -> None:
    lists = LicensedLists([made("quibblefen")])
    for number in range(3):
        words = [
            f"mud{number}{letter}{other}x".translate(LETTERS).encode() for letter in ALL for other in ALL
        ]
        assert lists.find([*words, b"quibblefen"])[0].first == len(words)


def test_two_lists_are_told_apart() -> None:
    lists = [made("lark"), made("mud hen", "lark", list_id="partner-2", severity=4)]
    found = LicensedLists(lists).find([b"lark"])
    assert {(one.licensed.id, one.licensed.severity, one.entry) for one in found} == {
        ("partner-1", 5, 1),
        ("partner-2", 4, 2),
    }


def test_no_list_finds_nothing() -> None:
    assert LicensedLists([]).find([b"lark"]) == []


def test_nothing_of_it_can_be_read() -> None:
    assert "quibble" not in repr(made("quibblefen"))


def test_ids() -> None:
    assert is_list_id("partner-1")
    assert not any(map(is_list_id, ("", "-a", "a-", "A", "a b", "a" * 49)))


def test_the_mark_of_the_fold_stays() -> None:
    assert fold_mark() == fold_mark() == made("lark").fold
    assert len(fold_mark()) == 8
