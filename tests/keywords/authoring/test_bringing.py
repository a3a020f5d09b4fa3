"""Bringing a library in: what would change is shown first, and the list is written whole or not at all."""

from datetime import date
from pathlib import Path

import pytest
from lamplighter_keywords.authoring.bringing import Bringing, bring, write
from lamplighter_keywords.errors import ListMalformed
from lamplighter_keywords.shipped import shipped_themes

TODAY = date(2026, 11, 21)


def brought(folder: Path, *rows: str) -> Bringing:
    library = folder / "library.csv"
    library.write_text("\n".join(["Phrase,Severity", *rows]) + "\n", encoding="utf-8")
    return bring(library, theme=shipped_themes()["bullying"], folder=folder, today=TODAY)


def test_first_and_second_time(tmp_path: Path) -> None:
    first = brought(tmp_path, "mudlark,HIGH", "kettle drum,LOW", "???,LOW")
    assert first.added == ("own-kettle-drum", "own-mudlark")
    assert [one.line for one in first.rejected] == [4]
    assert not first.file.exists()
    write(first)
    second = brought(tmp_path, "mudlark,URGENT", "lantern oil,LOW")
    assert (second.added, second.changed, second.removed) == (
        ("own-lantern-oil",),
        ("own-mudlark",),
        ("own-kettle-drum",),
    )
    assert second.file.read_text() == first.content


def test_nothing_changed(tmp_path: Path) -> None:
    write(brought(tmp_path, "mudlark,HIGH"))
    again = brought(tmp_path, "mudlark,HIGH")
    assert (again.added, again.changed, again.removed) == ((), (), ())


def test_a_library_that_is_not_text(tmp_path: Path) -> None:
    library = tmp_path / "library.csv"
    library.write_bytes(b"Phrase,Severity\nm\xff,LOW\n")
    with pytest.raises(ListMalformed, match=r"library\.csv:1: not UTF-8"):
        bring(library, theme=shipped_themes()["bullying"], folder=tmp_path, today=TODAY)


def test_a_library_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ListMalformed, match="can't be read"):
        bring(tmp_path / "none.csv", theme=shipped_themes()["bullying"], folder=tmp_path, today=TODAY)


def test_what_an_editor_added_is_not_written_over(tmp_path: Path) -> None:
    first = brought(tmp_path, "mudlark,HIGH")
    write(first)
    first.file.write_text(first.content + 'note = "a word of ours"\n')
    with pytest.raises(ListMalformed, match=r"own-bullying\.en\.toml:20: own-mudlark: .* rename the file"):
        write(brought(tmp_path, "mudlark,LOW"))
    assert "a word of ours" in first.file.read_text()


def test_the_folder_is_made(tmp_path: Path) -> None:
    library = tmp_path / "library.csv"
    library.write_text("Phrase,Severity\nmudlark,LOW\n", encoding="utf-8")
    bullying = shipped_themes()["bullying"]
    write(bring(library, theme=bullying, folder=tmp_path / "new" / "lists", today=TODAY))
    assert (tmp_path / "new" / "lists" / "own-bullying.en.toml").exists()
    with pytest.raises(ListMalformed, match="its folder can't be made"):
        write(bring(library, theme=bullying, folder=library, today=TODAY))
