"""A school's changes as bytes: all that counts comes back, and no name or reason goes along."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.authoring.overrides import Override, parse_overrides
from lamplighter_keywords.bundles.envelope import canonical
from lamplighter_keywords.bundles.overrides_part import (
    MOST_BYTES,
    overrides_document,
    overrides_from_document,
)
from lamplighter_keywords.errors import BundleMalformed

END = 'reason = "agreed with the governors"\nowner = "A. Quill"\nexpires = 2027-03-31\n'
TEXT = f"""
[[disable]]
term = "gb-1"
{END}
[[severity]]
term = "gb-2"
to = 2
{END}
[[exception]]
term = "gb-3"
phrases = ["the lucky wheel assembly", "wheel of fortune"]
{END}
"""
OVERRIDES = parse_overrides(TEXT.encode(), "school.toml")
PART = overrides_document(OVERRIDES)


def test_every_kind_of_change_comes_back() -> None:
    read = overrides_from_document(PART)
    bare = [replace(one, reason="", owner="", file="", line=0) for one in OVERRIDES]
    assert [replace(one, file="", line=0) for one in read] == bare
    assert [one.line for one in read] == [1, 2, 3]
    assert overrides_document(read) == PART


def test_neither_a_reason_nor_a_name_travels() -> None:
    assert b"Quill" not in PART
    assert b"governors" not in PART


ROW = {"term": "gb-1", "expires": "2027-03-31", "disabled": True}


@pytest.mark.parametrize(
    "row",
    [
        {},
        [],
        {"term": "gb-1", "expires": "2027-03-31"},
        {**ROW, "disabled": False},
        {**ROW, "more": 1},
        {**ROW, "severity": 3},
        {**ROW, "expires": "soon"},
        {**ROW, "expires": 2027},
        {"term": "gb-1", "expires": "2027-03-31", "severity": 6},
        {"term": "gb-1", "expires": "2027-03-31", "severity": True},
        {"term": "gb-1", "expires": "2027-03-31", "exceptions": []},
        {"term": "gb-1", "expires": "2027-03-31", "exceptions": [1]},
        {"term": "gb-1", "expires": "20270331", "disabled": True},
    ],
)
def test_a_change_of_another_shape_is_refused(row: object) -> None:
    with pytest.raises(BundleMalformed, match="overrides"):
        overrides_from_document(canonical({"format": 1, "overrides": [row]}))


@pytest.mark.parametrize(
    "document", [{}, {"format": 2, "overrides": []}, {"format": 1, "overrides": {}}, {"format": 1}]
)
def test_a_part_of_another_shape_is_refused(document: object) -> None:
    with pytest.raises(BundleMalformed, match="overrides"):
        overrides_from_document(canonical(document))


@given(junk=st.binary(max_size=100))
def test_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(BundleMalformed):
        overrides_from_document(junk)


def test_more_than_a_school_ever_changes_is_refused() -> None:
    one = Override(term="gb-1", reason="", owner="", expires=date(2027, 3, 31), disabled=True)
    with pytest.raises(BundleMalformed, match="too large"):
        overrides_document((one,) * 10_000)
    with pytest.raises(BundleMalformed, match="too large"):
        overrides_from_document(b" " * (MOST_BYTES + 1))
