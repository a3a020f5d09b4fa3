"""Where in a file a term and a key stand."""

from pathlib import Path

import pytest
from lamplighter_keywords.authoring.toml_tables import SourceText
from lamplighter_keywords.errors import ListMalformed

TEXT = """\
[ list ]
id = "x"

  [[ term ]]
id = "one"
[[term]]
text = ["[[term]] in a text"]
id = 'two'
severity = 3
"""


def test_headers_and_keys_are_found() -> None:
    source = SourceText("x.toml", TEXT)
    assert (source.line_of("[list"), source.line_of("[[term"), source.line_of("[[term", 1)) == (1, 4, 6)
    assert source.line_of_key(6, "severity") == 9
    assert source.line_of_key(4, "severity") == 4
    assert (source.term_at(2), source.term_at(5), source.term_at(9)) == ("", "one", "two")


def test_a_file_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ListMalformed, match="can't be read"):
        SourceText.read(tmp_path / "missing.toml", "missing.toml")


@pytest.mark.parametrize(
    ("written", "line", "advice"),
    [
        ('note = "why\n', 1, 'a quote (") is missing'),
        ("note = \u201cwhy\u201d\n", 1, "curly quotes"),
        ("note = why\n", 1, "texts stand in quotes"),
        ('text = ["a" "b"]\n', 1, "a comma between two texts"),
        ('tests = { hit = ["a"] miss = ["b"] }\n', 1, "a comma, or the closing bracket }"),
        ("day = 21.11.2026\n", 1, "a date is written 2026-11-01"),
        ('a = 1\nnote "why"\n', 2, "a key, an equals sign"),
        ("a = 1\na = 2\n", 2, "stands twice"),
    ],
)
def test_a_typing_mistake_is_told_in_plain_words(written: str, line: int, advice: str) -> None:
    with pytest.raises(ListMalformed) as told:
        SourceText.parse(written.encode(), "x.toml")
    assert told.value.line == line
    assert advice in told.value.problem
