"""The phrase language, written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.authoring.phrases import expand, plainly
from lamplighter_keywords.errors import PhraseRefused

CLASSES = {"light": ("light", "(switch|turn) on"), "loop": ("{loop}",), "odd": ("a|b",), "open": ("a)",)}
MANY = "more than 2000 spellings; write several texts"


@pytest.mark.parametrize(
    ("text", "spellings"),
    [
        ("a lamp", ("a lamp",)),
        ("(a|the) lamp", ("a lamp", "the lamp")),
        ("(a |)lamp", ("a lamp", "lamp")),
        ("(a|the|) (old|) lamp", ("a old lamp", "a lamp", "the old lamp", "the lamp", "old lamp", "lamp")),
        ("light(ed|ing) lamps", ("lighted lamps", "lighting lamps")),
        ("((oil|gas) |)lamp", ("oil lamp", "gas lamp", "lamp")),
        ("{light} it", ("light it", "switch on it", "turn on it")),
        ("light * lamp", ("light * lamp",)),
        ("l*mp", ("l*mp",)),
    ],
)
def test_a_text_is_written_out(text: str, spellings: tuple[str, ...]) -> None:
    assert expand(text, CLASSES) == spellings


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("(a lamp", "character 1 ((): this bracket is not closed"),
        ("a lamp :)", "character 9 ()): a bracket is closed that nothing opened"),
        ("a lamp}", "character 7 (}): a bracket is closed that nothing opened"),
        ("a|b", "character 2 (|): alternatives stand in brackets, such as (mum|dad)"),
        ("{dark} lamp", "there is no word class {dark}; those of knowledge/words.*.toml can be used"),
        ("{Dark lamp", "character 1 ({): the name of a word class stands here, such as {want}"),
        ("{loop}", "brackets stand in brackets too deep; write several texts"),
        ("{odd}", "character 2 (|): alternatives stand in brackets, such as (mum|dad)"),
        ("{open}", "the word class {open} has a line whose brackets do not match"),
        ("((((((((a))))))))", "brackets stand in brackets too deep; write several texts"),
        ("(lamp|)", "one of the alternatives leaves nothing at all"),
        ("* lamp", "a gap (*) stands between two words, alone"),
        ("lamp * (post|)", "a gap (*) stands between two words, alone"),
        ("lamp * * post", "a gap (*) stands between two words, alone"),
        ("(a|b)" * 11, MANY),
        ("(" + "|".join(["(a|b|c|d|e)(a|b|c|d|e)(a|b|c|d|e)"] * 17) + ")", MANY),
    ],
)
def test_what_breaks_the_language_is_refused_with_the_reason(text: str, problem: str) -> None:
    with pytest.raises(PhraseRefused) as refused:
        expand(text, CLASSES)
    assert refused.value.problem == problem


def test_what_is_not_understood_is_read_as_plain_words() -> None:
    assert plainly("a lamp (lit", CLASSES) == ("a lamp lit",)
    assert plainly("(a|the) lamp", CLASSES) == ("a lamp", "the lamp")


@given(st.text("ab (|){}*", max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    assert all(len(spelling) <= len(text) for spelling in plainly(text, {}))
