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
