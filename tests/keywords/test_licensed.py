"""Licensed lists: found in a text, and nowhere to be read."""

import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.errors import LicensedMalformed
from lamplighter_keywords.licensed import (
    KEY_BYTES,
    LicensedList,
    LicensedLists,
    licensed_bytes,
    make_licensed,
    parse_licensed,
)
from lamplighter_keywords.reading.normalise import fold_bytes

KEY = bytes(range(KEY_BYTES))


def made(lines: Iterable[str], key: bytes = KEY) -> LicensedList:
    return make_licensed(lines, list_id="partner-1", theme="csam", severity=5, key=key)


def places(lines: Iterable[str], text: str) -> list[tuple[int, int]]:
    words = fold_bytes(text).split()
    return [(one.first, one.last) for one in LicensedLists([made(lines)]).find(words)]


def test_whole_words_in_any_spelling_of_the_fold() -> None:
    assert places(["Quibble-Fen"], "a QUIBBLE  fen!") == [(1, 2)]
    assert places(["quibble"], "quibbles") == []


def test_terms_of_several_lengths_and_places() -> None:
    assert places(["lark", "mud lark song"], "mud lark song and lark") == [(0, 2), (1, 1), (4, 4)]


def test_two_lists_are_told_apart() -> None:
    other = make_licensed(["lark"], list_id="partner-2", theme="terrorism", severity=4, key=KEY[::-1])
    found = LicensedLists([made(["lark"]), other]).find([b"lark"])
    assert {(one.list_id, one.theme, one.severity) for one in found} == {
        ("partner-1", "csam", 5),
        ("partner-2", "terrorism", 4),
    }


def test_no_list_finds_nothing() -> None:
    assert list(LicensedLists([]).find([b"lark"])) == []


def test_nothing_of_it_can_be_read() -> None:
    kept = made(["# from the partner", "", "quibblefen"])
    raw = licensed_bytes(kept)
    assert b"quibble" not in raw
    assert "quibble" not in repr(kept)
    assert licensed_bytes(made(["quibblefen"])) == raw


@given(st.lists(st.text(alphabet="abcdef ", min_size=3, max_size=12), min_size=1, max_size=20))
def test_what_is_kept_comes_back(lines: list[str]) -> None:
    try:
        kept = made(lines)
    except LicensedMalformed:
        return
    assert parse_licensed(licensed_bytes(kept)) == kept
    found = LicensedLists([kept])
    for line in lines:
        words = fold_bytes(line).split()
        assert not words or (0, len(words) - 1) in {(one.first, one.last) for one in found.find(words)}


@pytest.mark.parametrize(
    ("lines", "line"),
    [(["lark", "ab"], 2), (["one two three four five six seven"], 1), (["", "# only this"], 0)],
)
def test_a_bad_line_is_named_and_not_quoted(lines: list[str], line: int) -> None:
    with pytest.raises(LicensedMalformed) as refused:
        made(lines)
    assert refused.value.line == line
    assert "seven" not in str(refused.value)


def test_a_short_key() -> None:
    with pytest.raises(LicensedMalformed):
        made(["lark"], key=b"short")


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"severity": 9},
        {"severity": "5"},
        {"longest": 0},
        {"digests": "AAAA"},
        {"digests": ""},
        {"key": "AAAA"},
        {"id": ""},
        {"theme": None},
    ],
)
def test_what_was_changed_is_refused(change: dict[str, object]) -> None:
    document = json.loads(licensed_bytes(made(["lark"]))) | change
    with pytest.raises(LicensedMalformed):
        parse_licensed(json.dumps(document).encode())


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_list_is_refused(raw: bytes) -> None:
    with pytest.raises(LicensedMalformed):
        parse_licensed(raw)
