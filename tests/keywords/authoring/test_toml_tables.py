"""Where in a file a term and a key stand."""

from pathlib import Path

import pytest
from lamplighter_keywords.authoring.toml_tables import Faults, SourceText, Table
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


def test_a_slip_is_told_with_its_line_and_what_the_parser_says() -> None:
    with pytest.raises(ListMalformed) as told:
        SourceText.parse(b'a = 1\nnote "why"\n', "x.toml")
    assert str(told.value).startswith("x.toml:2: a line is a name, an equals sign and a value")
    assert "(not TOML: Expected '='" in str(told.value)


def test_the_mark_of_some_editors_is_no_part_of_the_text() -> None:
    _, raw = SourceText.parse(b"\xef\xbb\xbfa = 1\n", "x.toml")
    assert raw == {"a": 1}


def test_lines_are_counted_as_the_parser_does() -> None:
    source, _ = SourceText.parse('a = "one\u2028two"\nb = 2\n'.encode(), "x.toml")
    assert source.line_of_key(0, "b") == 2


@pytest.mark.parametrize("raw", [b"x = " + b"[" * 50_000, b"x = " + b"9" * 5_000])
def test_what_no_editor_writes_ends_nothing(raw: bytes) -> None:
    with pytest.raises(ListMalformed, match=r"x\.toml:1: not TOML"):
        SourceText.parse(raw, "x.toml")


def test_another_encoding_is_told_with_its_line() -> None:
    with pytest.raises(ListMalformed, match=r"x\.toml:2: not UTF-8; save the file anew, as UTF-8"):
        SourceText.parse(b"a = 1\n# \xff\n", "x.toml")


def table(text: str) -> Table:
    return Table(*SourceText.parse(text.encode(), "x.toml"), line=1)


def test_a_required_key_that_is_nearly_there_is_told_as_that() -> None:
    with pytest.raises(ListMalformed, match=r"x\.toml:2: Reasn: unknown key; did you mean 'reason'\?"):
        table('a = 1\nReasn = "r"\n').text("reason", required=True)
    with pytest.raises(ListMalformed, match="text is missing"):
        table('tests = "r"\n').text("text", required=True)


def test_every_unknown_key_is_told() -> None:
    read = table("colour = 1\nsize = 2\n[odd]\n")
    with pytest.raises(ListMalformed) as told:
        read.done()
    assert [one.line for one in told.value.every] == [1, 2, 3]


def test_brackets_of_tables() -> None:
    with pytest.raises(ListMalformed, match=r"x\.toml:2: \[\[list\]\]: is written once"):
        table("\n[[list]]\n").table("list")
    with pytest.raises(ListMalformed, match=r"x\.toml:2: each begins with two brackets .*\[\[term\]\]"):
        table("\n[term]\n").tables("term")


def test_faults_are_gathered_in_the_order_of_the_file() -> None:
    faults = Faults()
    faults.end()
    assert faults.take(lambda: 3, 0) == 3
    assert faults.last(lambda: 4) == 4
    read = table("a = 1\nb = 2\n")
    assert faults.take(lambda: read.text("b"), "none") == "none"
    assert faults.take(lambda: read.text("a"), "none") == "none"
    with pytest.raises(ListMalformed, match=r"x\.toml:1: a: must be a text") as told:
        faults.last(lambda: 4)
    assert [one.line for one in told.value.every] == [1, 2]
