from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.evidence import AROUND, cut

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
