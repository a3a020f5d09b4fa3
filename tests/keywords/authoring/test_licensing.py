"""The file of a licensed list: what is taken, and every fault told by its line and never by its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.authoring.licensing import LARGEST_FILE, LONGEST_LINE, Licence, licensed_from
from lamplighter_keywords.bundles.licensed import MOST_ENTRIES, LicensedList
from lamplighter_keywords.errors import LicensedMalformed

NOW = 1_000


def licence(**changes: object) -> Licence:
    fields: dict[str, object] = {
        "list_id": "partner-1",
        "provider": "Example Trust",
        "theme": "csam",
        "severity": 4,
        "expires": 2_000,
    }
    return Licence(**(fields | changes))  # type: ignore[arg-type]


def taken(raw: bytes) -> LicensedList:
    return licensed_from(raw, licence(), now=NOW)


def faults(raw: bytes, **changes: object) -> tuple[tuple[int, str], ...]:
    with pytest.raises(LicensedMalformed) as refused:
        licensed_from(raw, licence(**changes), now=NOW)
    return refused.value.faults


def test_terms_are_numbered_in_the_order_of_the_file() -> None:
    found = taken(b"\xef\xbb\xbf# from the partner\r\n\r\nquibblefen\r\nmud lark song\n")
    assert sorted(found.entries.values()) == [1, 2]
    assert (found.longest, found.imported, found.expires) == (3, NOW, 2_000)
    assert not found.ended(1_999)
    assert found.ended(2_000)


def test_two_imports_of_one_file_share_no_digest() -> None:
    assert not taken(b"quibblefen").entries.keys() & taken(b"quibblefen").entries.keys()


@pytest.mark.parametrize(
    ("raw", "line", "problem"),
    [
        (b"", 0, "no term"),
        (b"# only this\n\n", 0, "no term"),
        (b"quibblefen\n\xff\xfe\n", 2, "not UTF-8"),
        (b"quibblefen\n" + b"q" * (LONGEST_LINE + 1), 2, "more than 200 characters"),
        (b"quibblefen\nMud Lark\nQUIBBLE-FEN\nmud  lark\n", 4, "the same as line 2"),
        (b"quibblefen\nab", 2, "at least 3"),
        (b"one two three four five six seven", 1, "at most 6 words"),
        (b"quibblefen;4", 1, "columns"),
        (b"quibble\x00fen", 1, "control character"),
        (b"quibblefen\nfootball", 2, "everyday"),
        (b"x" * (LARGEST_FILE + 1), 0, "at most 8 MB"),
    ],
)
def test_a_fault_is_told_by_its_line(raw: bytes, line: int, problem: str) -> None:
    ((found, told),) = faults(raw)
    assert found == line
    assert problem in told


def test_all_faults_are_told_at_once_and_no_word_of_them() -> None:
    raw = b"quibblefen\n" + b"mudlark mudlark2 a b c d e f\n" * 30
    with pytest.raises(LicensedMalformed) as refused:
        taken(raw)
    assert len(refused.value.faults) == 30
    assert "line 2:" in str(refused.value)
    assert "and 10 more" in str(refused.value)
    assert "mudlark" not in str(refused.value)


def test_more_than_fit() -> None:
    raw = b"".join(b"quibble%d\n" % number for number in range(MOST_ENTRIES + 1))
    assert faults(raw) == ((MOST_ENTRIES + 1, f"more than {MOST_ENTRIES} terms"),)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"list_id": "Partner 1"}, "an id"),
        ({"provider": ""}, "a provider"),
        ({"provider": "a\nb"}, "a provider"),
        ({"severity": 1}, "a severity"),
        ({"severity": 6}, "a severity"),
        ({"expires": NOW}, "the licence is over"),
    ],
)
def test_a_licence_that_can_not_be(changes: dict[str, object], problem: str) -> None:
    ((line, told),) = faults(b"quibblefen", **changes)
    assert line == 0
    assert problem in told


@given(st.binary(max_size=300))
def test_any_bytes_are_taken_or_told_of_by_line(raw: bytes) -> None:
    try:
        found = taken(raw)
    except LicensedMalformed as refused:
        lines = {line for line, _ in refused.faults}
    else:
        lines = set(found.entries.values())
    assert lines
    assert lines <= set(range(raw.count(b"\n") + raw.count(b"\r") + 2))
