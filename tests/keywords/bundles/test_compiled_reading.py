"""A pack of another shape is refused whole, and the place is named; never a word of it."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.anchors import WORDING
from lamplighter_keywords.bundles.compiled import unpacked
from lamplighter_keywords.bundles.compiled_reading import pack_of
from lamplighter_keywords.errors import BundleMalformed
from lamplighter_keywords.terms import KeywordPack

from tests.keywords.bundles.test_compiled import PACKED

Path = tuple[str | int, ...]
TERM: Path = ("lists", 0, "terms", 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def document() -> dict[str, Any]:
    head, *lists = map(json.loads, unpacked(PACKED).split(b"\n"))
    return {**head, "lists": lists}


def read(whole: dict[str, Any]) -> KeywordPack:
    head = {name: value for name, value in whole.items() if name != "lists"}
    lists = whole["lists"]
    return pack_of(head, lists if isinstance(lists, list) else [lists])


def changed(path: Path, value: object) -> dict[str, Any]:
    whole = document()
    at: Any = whole
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return whole


def paths(value: object, path: Path = ()) -> list[Path]:
    match value:
        case dict():
            inner = [found for key, one in value.items() for found in paths(one, (*path, key))]
        case list():
            inner = [found for nth, one in enumerate(value) for found in paths(one, (*path, nth))]
        case _:
            inner = []
    return [path, *inner] if path else inner


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("format",), 4, "pack: format"),
        (("format",), 2, "pack: format"),
        (("wording",), 0, "pack: wording"),
        (("words", "spoken"), "lamp  oil", "words: spoken"),
        (("words", "spoken"), "oil lamp", "words: spoken"),
        (("words", "others"), ["lamp"], "words: others"),
        (("words", "keeps_fillers"), 1, "words: keeps_fillers"),
        (("words", "runs"), "lamp,,oil", "words: runs"),
        (("words", "more"), "", "words: a field that is not known"),
        (("more",), 1, "pack: a field that is not known"),
        (("lists",), [], "no lists"),
        (("lists", 0), [], "list 1"),
        (("lists", 0, "id"), "", "list 1: id"),
        (("lists", 0, "version"), 1, "list 1: version"),
        (("lists", 0, "speaker_reviewed"), 1, "list 1: speaker_reviewed"),
        (("themes",), {}, "no themes"),
        (("themes", "core-theme", "risk_area"), "other", "core-theme: risk_area"),
        (("themes", "core-theme", "core"), "yes", "core-theme: core"),
        (("knowledge", "sites"), {"Lampedia": "pub"}, "sites: Lampedia"),
        (("knowledge", "classes"), {"want": "to"}, "classes: want"),
        ((*TERM, "id"), 5, "terms 2: id"),
        ((*TERM, "text"), "", "terms 2: text"),
        ((*TERM, "text"), ["lamp"], "terms 2: text"),
        ((*TERM, "text"), "lamp\n\npost", "terms 2: text"),
        ((*TERM, "exceptions"), "lamp\n", "terms 2: exceptions"),
        ((*TERM, "match"), "guess", "terms 2: match"),
        ((*TERM, "severity"), True, "terms 2: severity"),
        ((*TERM, "severity"), 6, "terms 2: severity"),
        ((*TERM, "sources"), ["smell"], "terms 2: sources"),
        ((*TERM, "sources"), [], "terms 2: sources"),
        ((*TERM, "key_stages"), ["KS9"], "terms 2: key_stages"),
        ((*TERM, "lanes", "typo"), 3, "lanes: typo"),
        ((*TERM, "requires", "within"), 0, "requires: within"),
        ((*TERM, "lowers", "contexts"), ["moon"], "lowers: contexts"),
        ((*TERM, "raises", "by"), 5, "raises: by"),
        ((*TERM, "anchors"), "lamp", "terms 2: anchors"),
        ((*TERM, "anchors"), [], "terms 2: anchors"),
        ((*TERM, "anchors"), [[0], []], "terms 2: anchors"),
        ((*TERM, "anchors"), [0], "terms 2: anchors"),
        ((*TERM, "anchors"), ["lamp"], "terms 2: anchors"),
        ((*TERM, "anchors"), [[-1]], "terms 2: anchors"),
        ((*TERM, "anchors"), [[999]], "terms 2: anchors"),
        ((*TERM, "note"), "about it", "terms 2: a field that is not known"),
    ],
)
def test_the_place_of_a_fault_is_named(path: Path, value: object, place: str) -> None:
    with pytest.raises(BundleMalformed, match=place):
        read(changed(path, value))


def test_anchors_for_texts_that_are_written_out_otherwise_are_left_out() -> None:
    other = read(changed(("wording",), WORDING + 1))
    assert other == read(document())
    assert other.words is None
    assert {term.anchors for one in other.lists for term in one.terms} == {()}
    assert all(term.anchors for one in read(document()).lists for term in one.terms)


@given(chosen=st.integers(0, 10_000), value=JSON)
def test_whatever_stands_somewhere_it_is_read_or_refused(chosen: int, value: object) -> None:
    places = paths(document())
    with contextlib.suppress(BundleMalformed):
        read(changed(places[chosen % len(places)], value))
