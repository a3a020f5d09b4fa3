"""Bringing a library in: what would change is shown first, and the list is written whole or not at all."""

from datetime import date
from pathlib import Path

import pytest
from lamplighter_keywords.authoring.bringing import Bringing, bring, look_ahead, write
from lamplighter_keywords.authoring.loading import load_list
from lamplighter_keywords.errors import ListMalformed
from lamplighter_keywords.shipped import shipped_knowledge, shipped_themes

TODAY = date(2026, 11, 21)


BULLYING = shipped_themes()["bullying"]


def bringing(library: Path, folder: Path) -> Bringing:
    return bring(library, theme=BULLYING, themes=shipped_themes().values(), folder=folder, today=TODAY)


def brought(folder: Path, *rows: str, columns: str = "Phrase,Severity") -> Bringing:
    library = folder / "library.csv"
    library.write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
    return bringing(library, folder)


def ids(made: Bringing) -> list[str]:
    return [term.id for term in load_list(made.file).terms]


def test_a_second_library_joins_the_list_of_the_first(tmp_path: Path) -> None:
    first = brought(tmp_path, "mudlark,HIGH", "kettle drum,LOW", "???,LOW")
    assert first.added == ("own-kettle-drum", "own-mudlark")
    assert [(one.line, one.phrase) for one in first.rejected] == [(4, "???")]
    assert not first.file.exists()
    write(first)
    second = brought(tmp_path, "mudlark,URGENT", "lantern oil,LOW")
    assert (second.added, second.changed, second.kept) == (
        ("own-lantern-oil",),
        {"own-mudlark": ("severity 3 to 4",)},
        1,
    )
    assert second.file.read_text() == first.content
    write(second)
    assert ids(second) == ["own-kettle-drum", "own-mudlark", "own-lantern-oil"]
    made = load_list(second.file)
    assert [term.severity for term in made.terms] == [1, 4, 1]
    assert [change.note for change in made.changelog] == ["2 phrases", "2 phrases"]


def test_a_phrase_that_vanished_is_named_and_stays(tmp_path: Path) -> None:
    first = brought(tmp_path, "mudlark,HIGH", "kettle drum,LOW", "lamp oil,LOW")
    assert first.gone == ()
    ours = '\n[[term]]\nid = "own-0001"\ntext = ["wick"]\nmatch = "word"\nseverity = 2\n'
    first.file.write_text(first.content + ours)
    # A row that is only written wrongly is rejected by its phrase, and has not vanished.
    second = brought(tmp_path, "mudlark,HIGH", "lamp oil,GRAVE")
    assert (second.gone, second.kept) == (("own-kettle-drum",), 4)
    write(second)
    assert "own-kettle-drum" in ids(second)


def test_nothing_changed(tmp_path: Path) -> None:
    first = brought(tmp_path, "mudlark,HIGH")
    write(first)
    again = brought(tmp_path, "mudlark,HIGH")
    assert (again.added, again.changed, again.kept, again.content) == ((), {}, 1, first.content)


def test_a_library_that_is_not_text(tmp_path: Path) -> None:
    library = tmp_path / "library.csv"
    library.write_bytes(b"Phrase,Severity\nlamp,LOW\nm\xff,LOW\n")
    with pytest.raises(ListMalformed, match=r"library\.csv:3: not UTF-8"):
        bringing(library, tmp_path)


def test_a_library_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ListMalformed, match="can't be read"):
        bringing(tmp_path / "none.csv", tmp_path)


def test_what_an_editor_added_is_never_written_over(tmp_path: Path) -> None:
    first = brought(tmp_path, "mudlark,HIGH", "kettle drum,LOW")
    write(first)
    first.file.write_text(first.content.replace("severity = 3", 'severity = 3\nnote = "a word of ours"'))
    second = brought(tmp_path, "mudlark,LOW", "lantern oil,LOW")
    ((line, reason),) = [(one.line, one.reason) for one in second.rejected]
    assert line == 2
    assert reason.startswith("somebody has worked on own-mudlark (own-bullying.en.toml:")
    write(second)
    assert "a word of ours" in second.file.read_text()
    assert ids(second) == ["own-kettle-drum", "own-mudlark", "own-lantern-oil"]


def test_a_list_that_is_written_in_a_way_that_can_not_be_joined(tmp_path: Path) -> None:
    first = brought(tmp_path, "mudlark,HIGH")
    write(first)
    first.file.write_text(first.content.replace("[[term]]", '[["term"]]'))
    with pytest.raises(ListMalformed, match=r"own-bullying\.en\.toml:1: .* move this file away"):
        brought(tmp_path, "mudlark,LOW", "kettle drum,LOW")


def test_a_type_that_is_another_theme_is_rejected(tmp_path: Path) -> None:
    rows = ("mudlark,HIGH,Bullying", "kettle,LOW,Drugs", "lantern oil,LOW,ours", "lamp oil,LOW,")
    made = brought(tmp_path, *rows, columns="Phrase,Severity,Type")
    ((line, reason),) = [(one.line, one.reason) for one in made.rejected]
    assert (line, made.types) == (3, ("Bullying", "ours"))
    assert "--theme drugs" in reason


def test_what_lint_will_ask_for_is_told_before(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("[list")
    made = brought(tmp_path, "mudlark lane,HIGH", "knife,HIGH")
    told = {(one.term, one.rule) for one in look_ahead(made, shipped_themes(), shipped_knowledge())}
    assert ("own-knife", "everyday-word") in told
    assert ("own-mudlark-lane", "note") in told


def test_the_folder_is_made(tmp_path: Path) -> None:
    library = tmp_path / "library.csv"
    library.write_text("Phrase,Severity\nmudlark,LOW\n", encoding="utf-8")
    write(bringing(library, tmp_path / "new" / "lists"))
    assert (tmp_path / "new" / "lists" / "own-bullying.en.toml").exists()
    with pytest.raises(ListMalformed, match="can't be written"):
        write(bringing(library, library))
