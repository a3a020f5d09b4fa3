"""How what was found is told. What else is told: test_commands."""

from lamplighter_keywords.authoring.lint import Problem
from lamplighter_keywords.authoring.telling import by_term


def test_what_a_term_lacks_is_one_line() -> None:
    def lacking(rule: str, message: str, term: str = "own-1") -> Problem:
        return Problem(file="a.toml", line=3, term=term, rule=rule, message=message)

    both = [
        lacking("note", "a note is missing: why?"),
        lacking("everyday-word", "'kettle' is an everyday word"),
        lacking("tests", "tests.hit is missing: a sentence"),
        lacking("tests", "tests.miss is missing: a sentence"),
        lacking("tests", "tests.miss is missing: a sentence", "own-2"),
    ]
    whole, *others = map(str, by_term(both))
    assert whole.startswith("a.toml:3: own-1: note, tests.hit, tests.miss are missing: a note says why")
    assert others == [
        "a.toml:3: own-1: 'kettle' is an everyday word",
        "a.toml:3: own-2: tests.miss is missing: a sentence",
    ]
