import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.evidence import AROUND, cut
from lamplighter_keywords.licensed_lane import WITHHELD

texts = st.text(st.sampled_from("ab \b\x00é"), max_size=300)


def test_forty_characters_either_side_and_no_more() -> None:
    text = "b" * 60 + " knife " + "a" * 60
    evidence = cut(text, 61, 66)
    assert evidence.matched == "knife"
    assert evidence.before == "b" * 39 + " "
    assert evidence.after == " " + "a" * 39


def test_edits_are_applied_and_what_was_deleted_around_never_shows() -> None:
    text = "my secret\b\b\b\b\b\bfriend has a knig\bfe todya\b\bay"
    start, end = text.index("knig"), text.index(" todya")
    evidence = cut(text, start, end)
    assert (evidence.before, evidence.matched, evidence.after) == ("my friend has a ", "knife", " today")


def test_a_match_that_was_deleted_shows_as_it_stood() -> None:
    text = "knife" + "\b" * 5 + "hello"
    evidence = cut(text, 0, 5)
    assert (evidence.before, evidence.matched, evidence.after) == ("", "knife", "hello")


@given(texts, st.data())
def test_never_more_than_the_bound_and_always_storable(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    evidence = cut(text, start, end)
    assert len(evidence.before) <= AROUND
    assert len(evidence.after) <= AROUND
    assert len(evidence.matched) <= end - start
    assert not {"\b", "\x00"} & set(evidence.before + evidence.matched + evidence.after)


def spans_of(word: str) -> Callable[[str], list[tuple[int, int]]]:
    return lambda text: [one.span() for one in re.finditer(word, text)]


def test_what_is_withheld_is_replaced_wherever_it_stands() -> None:
    text = "mudlark, a mudlark knife and a mudlarX\bk"
    evidence = cut(text, 11, 24, spans_of("mudlark"))
    assert evidence.before == f"{WITHHELD}, a "
    assert evidence.matched == f"{WITHHELD} knife"
    assert evidence.after == f" and a {WITHHELD}"


def test_what_is_withheld_across_the_edges_of_a_match_leaves_no_piece() -> None:
    evidence = cut("a mud lark song", 6, 10, spans_of("mud lark song"))
    assert (evidence.before, evidence.matched, evidence.after) == (f"a {WITHHELD}", WITHHELD, WITHHELD)


def test_what_is_withheld_is_found_before_the_text_is_cut() -> None:
    text = "mud lark song" + "x" * 30 + " knife"
    evidence = cut(text, 44, 49, spans_of("mud lark song"))
    assert "song" not in evidence.before
    assert evidence.before.startswith("[withheld]"[-9:])


def test_overlapping_entries_are_replaced_once() -> None:
    def hidden(text: str) -> list[tuple[int, int]]:
        return [(0, 8), (4, 8), (4, 13)] if text.startswith("mud lark song") else []

    evidence = cut("mud lark song knife", 14, 19, hidden)
    assert evidence.before == f"{WITHHELD}{WITHHELD} "
