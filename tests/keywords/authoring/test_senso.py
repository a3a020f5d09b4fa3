"""Libraries in Senso's columns: what is taken, what is rejected and why, and what comes out again."""

import csv
import io

import pytest
from lamplighter_keywords.authoring.loading import parse_list
from lamplighter_keywords.authoring.senso import (
    COLUMNS,
    MOST_NEAR,
    MOST_ROWS,
    Imported,
    library_text,
    list_text,
    read_library,
)
from lamplighter_keywords.errors import ListMalformed
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.terms import KeywordList, KeywordPack, Mode, Requires, Source, Term, UserKind

HEAD = ",".join(COLUMNS)


def library(*rows: str) -> Imported:
    return read_library("\r\n".join([HEAD, *rows]) + "\r\n", "library.csv")


def as_list(imported: Imported) -> KeywordList:
    text = list_text(imported, list_id="own.en", theme="bullying", risk_area="conduct", day="2026-11-21")
    return parse_list(text.encode(), "own.en.toml")


def found(imported: Imported, text: str, source: Source = Source.TYPED) -> list[int]:
    matcher = Matcher(KeywordPack(lists=(as_list(imported),), themes={}))
    return [match.severity for match in matcher.match(text, source=source, user_kind=UserKind.PUPIL)]


def reasons(imported: Imported) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in imported.rejected]


def test_a_row_becomes_a_term() -> None:
    imported = library("mudlark brigade,KEYWORD,BLOCK,URGENT,TRUE,ALONE,Bullying")
    assert found(imported, "join the mudlark brigade") == [4]
    assert found(imported, "the mudlark brigade", Source.WINDOW_TITLE) == []
    assert not imported.rejected


def test_an_allowed_phrase_excuses_what_it_holds() -> None:
    imported = library("mudlark,,BLOCK,HIGH,,,", "mudlark museum,,ALLOW,LOW,,,")
    assert found(imported, "a trip to the mudlark museum") == []
    assert found(imported, "you mudlark") == [3]


def test_together_with_another_of_its_type() -> None:
    imported = library(
        "mudlark,KEYWORD,BLOCK,HIGH,,SAMETYPE,a",
        "lantern,KEYWORD,BLOCK,HIGH,,SAMETYPE,a",
        "kettle,KEYWORD,BLOCK,HIGH,,SAMETYPE,b",
        "drum,KEYWORD,BLOCK,HIGH,,SAMETYPE,b",
    )
    assert found(imported, "the mudlark alone") == []
    assert found(imported, "a mudlark and a kettle") == []
    assert found(imported, "a mudlark with a lantern") == [3, 3]


def test_together_with_any_other() -> None:
    imported = library("mudlark,,BLOCK,HIGH,,ANYTYPE,a", "kettle,,BLOCK,LOW,,ALONE,b")
    assert found(imported, "a mudlark and a kettle") == [3, 1]
    assert found(imported, "a mudlark") == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("???,KEYWORD,BLOCK,HIGH,,,", "Phrase has neither letters nor digits"),
        (f"{'a' * 201},KEYWORD,BLOCK,HIGH,,,", "Phrase has more than 200 characters"),
        ("mudlark,WEBSITEURL;APPLICATION,BLOCK,HIGH,,,", "Context names only what is not looked at"),
        ("mudlark,SMELL,BLOCK,HIGH,,,", "Context is none of"),
        ("mudlark,KEYWORD,WARN,HIGH,,,", "Action is neither BLOCK nor ALLOW"),
        ("mudlark,KEYWORD,BLOCK,GRAVE,,,", "Severity is none of LOW"),
        ("mudlark,KEYWORD,BLOCK,HIGH,,SOMETIMES,", "Match is none of"),
        ("mudlark,KEYWORD,BLOCK,HIGH,,SAMETYPE,", "SAMETYPE needs a Type"),
        ("mudlark,KEYWORD,BLOCK,HIGH,,SAMETYPE,c", "it wants another phrase near by"),
        ("mudlark museum,KEYWORD,ALLOW,HIGH,,,", "allowed, but it holds no phrase"),
    ],
)
def test_a_row_that_can_not_be_used_is_told_and_loses_nothing_else(row: str, reason: str) -> None:
    imported = library(row, "kettle drum,KEYWORD,BLOCK,LOW,,,")
    assert [one.line for one in imported.rejected] == [2]
    assert imported.rejected[0].reason.startswith(reason)
    assert [one.phrase for one in imported.rows] == ["kettle drum"]


def test_what_stands_twice_or_on_both_sides() -> None:
    imported = library("mudlark,,BLOCK,LOW,,,", "Múdlark,,BLOCK,LOW,,,", "mudlark,,ALLOW,LOW,,,")
    assert reasons(imported) == [
        (3, "the same phrase as in line 2"),
        (4, "both allowed and watched (line 2)"),
    ]


def test_more_companions_than_can_be_looked_for() -> None:
    rows = [f"word{number},,BLOCK,LOW,,ALONE," for number in range(MOST_NEAR + 1)]
    imported = library(*rows, "mudlark,,BLOCK,LOW,,ANYTYPE,")
    assert [one.line for one in imported.rejected] == [MOST_NEAR + 3]


def test_signs_of_the_phrase_language_are_only_signs() -> None:
    imported = library('"mudlark (old|new) * {want}",,BLOCK,LOW,,,')
    assert imported.rows[0].phrase == "mudlark old new want"


def test_columns_in_any_order_with_a_byte_order_mark() -> None:
    imported = read_library("\ufeffseverity,phrase\nHIGH,mudlark\n", "library.csv")
    assert [(one.phrase, one.severity) for one in imported.rows] == [("mudlark", 3)]


@pytest.mark.parametrize("text", ["", "Phrase;Severity\nmudlark;HIGH\n", "Phrase,Action\nmudlark,BLOCK\n"])
def test_a_file_without_the_columns(text: str) -> None:
    with pytest.raises(ListMalformed, match=r"library\.csv:1: there is no column"):
        read_library(text, "library.csv")


@pytest.mark.parametrize(
    ("text", "parted"), [("Phrase;Severity\n", "semicolons"), ("Phrase\tSeverity\n", "tabs")]
)
def test_cells_that_are_parted_otherwise(text: str, parted: str) -> None:
    with pytest.raises(ListMalformed, match=f"parted by {parted}; save it as CSV with commas"):
        read_library(text, "library.csv")


def test_a_type_that_is_another_theme() -> None:
    imported = read_library("Phrase,Severity,Type\nmudlark,HIGH,Drugs\n", "x.csv", {"drugs": "drugs"})
    ((line, phrase, reason),) = [(one.line, one.phrase, one.reason) for one in imported.rejected]
    assert (line, phrase) == (2, "mudlark")
    assert reason.startswith("Type is the theme 'drugs'")


def test_broken_quotes() -> None:
    with pytest.raises(ListMalformed, match=r"library\.csv:\d+: not CSV"):
        read_library("Phrase,Severity\n" + "a" * 200_000 + ",HIGH\n", "library.csv")


@pytest.mark.parametrize("last", ['"mudlark,HIGH', '"mudlark,HIGH\nkettle drum,LOW\n'])
def test_a_quote_that_is_not_closed_swallows_nothing(last: str) -> None:
    with pytest.raises(ListMalformed, match=r"library\.csv:\d: .*(not closed|unexpected end)"):
        read_library("Phrase,Severity\nharvest,LOW\n" + last, "library.csv")


def test_a_quote_that_is_closed_rows_later_is_told_where_it_was_opened() -> None:
    text = 'Phrase,Severity\nharvest,LOW\n"mudlark,HIGH\nkettle drum,LOW\n"rye,LOW\n'
    with pytest.raises(ListMalformed, match=r"library\.csv:3: not CSV"):
        read_library(text, "library.csv")


def test_a_comma_without_quotes_is_told() -> None:
    imported = library("mud,lark,KEYWORD,BLOCK,HIGH,,,", "kettle drum,KEYWORD,BLOCK,LOW,,,")
    assert [one.line for one in imported.rejected] == [2]
    assert imported.rejected[0].reason.startswith("more cells than columns")
    assert [one.phrase for one in imported.rows] == ["kettle drum"]


def test_too_many_rows() -> None:
    rows = "mudlark,HIGH\n" * (MOST_ROWS + 1)
    with pytest.raises(ListMalformed, match="more than 50000 rows"):
        read_library("Phrase,Severity\n" + rows, "library.csv")


def test_what_is_exported_comes_back() -> None:
    terms = (
        Term(id="a", text=("(mud|clay) lark",), match=Mode.PHRASE, severity=3, exceptions=("mud lark song",)),
        Term(
            id="b",
            text=("kettle",),
            match=Mode.WORD,
            severity=2,
            requires=Requires(any_of=("boiling", "hot")),
        ),
        Term(id="c", text=("never * again",), match=Mode.PHRASE, severity=1),
    )
    pack = KeywordPack(
        lists=(KeywordList(id="x", theme="bullying", language="en", terms=terms, file="x.toml"),), themes={}
    )
    text = library_text(pack)
    phrases = [row["Phrase"] for row in csv.DictReader(io.StringIO(text))]
    assert phrases == ["mud lark", "clay lark", "mud lark song", "kettle", "boiling", "hot"]
    imported = read_library(text, "library.csv")
    assert not imported.rejected
    assert found(imported, "a clay lark") == [3]
    assert found(imported, "the mud lark song") == []
    assert found(imported, "a kettle") == []
    assert 2 in found(imported, "a boiling kettle")
