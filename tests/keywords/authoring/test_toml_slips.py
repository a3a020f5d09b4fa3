"""What an editor hears of a slip that only the parser noticed."""

import tomllib

import pytest
from lamplighter_keywords.authoring.toml_slips import first_bracket, likely_slip

QUOTE = 'a quote (") is missing'
BRACKETS = "two brackets on either side"


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ('note = "why', QUOTE),
        ('note = why"', QUOTE),
        ('text = ["cloud room, "cloud club"]', QUOTE),
        ('text = ["cloud room", cloud club"]', QUOTE),
        ('text = ["cloud room", "cloud club]', QUOTE),
        ("note = \u201cwhy\u201d", "curly quotes"),
        ("note = \u2018why\u2019", "curly quotes"),
        ("text = ['it's']", "double quotes"),
        ("note = why", "texts stand in quotes"),
        ("note =", "the value is missing"),
        ("standalone = True", "in small letters"),
        ('text = ["a" "b"]', "a comma between two texts"),
        ('tests = { hit = ["a"] miss = ["b"] }', "a comma is missing"),
        ('tests = { hit = ["a"], miss = ["b"]', "stays in one line"),
        ('tests = { hit = ["a"],', "stays in one line"),
        ('tests = { hit = ["a", miss = ["b"] }', "the closing bracket ]"),
        ("day = 21.11.2026", "a date is written year-month-day"),
        ("day = 2026-13-01", "a date is written year-month-day"),
        ('note "why"', "a name, an equals sign"),
        ("// why", "a comment begins with #"),
        ('note = "a\\c"', "a backslash"),
        ('x = "he said "go""', "behind the value"),
        ("[[term]", BRACKETS),
        ("[term]]", BRACKETS),
        ("[list", "a closing bracket ]"),
    ],
)
def test_a_slip_is_told_in_plain_words(written: str, advice: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(written + "\n")
    assert advice in likely_slip(str(caught.value), written)


def test_a_table_that_stands_twice() -> None:
    assert BRACKETS in likely_slip("Cannot declare ('disable',) twice", "[disable]")


def test_of_several_tables_only_the_first_has_single_brackets() -> None:
    lines = ["# ours", "[exception]", 'term = "a"', "", "[[exception]]", 'term = "b"']
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads("\n".join(lines))
    problem = str(caught.value)
    assert first_bracket(problem, lines, 5) == 2
    assert likely_slip(problem, lines[1]) == f"each begins with {BRACKETS}: [[exception]]"
    assert first_bracket(problem, ["x = 1", "x = 2"], 2) == 2
    assert first_bracket(problem, ["[[lamp]]"], 1) == 1


def test_what_nobody_can_tell() -> None:
    assert likely_slip("Something else", "x = 1") == ""
