"""Files that nobody reads, though their editor thinks so."""

from pathlib import Path

import pytest
from lamplighter_keywords.authoring.misnamed import misnamed_lists, misplaced


def lay(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_what_belongs_there_and_what_is_nobodys_list(tmp_path: Path) -> None:
    lay(
        tmp_path,
        "overrides.toml",
        "overrides.toml~",
        ".DS_Store",
        "library.csv",
        "minutes.txt",
        "old/notes.txt",
    )
    lay(tmp_path / "lists", "own.toml", "more/own.toml", ".own.toml", "own.toml~", "README.md", "library.csv")
    assert list(misplaced(tmp_path)) == []
    assert list(misnamed_lists(tmp_path / "lists")) == []
    assert list(misplaced(tmp_path / "nowhere")) == []


@pytest.mark.parametrize(
    "name", ["override.toml", "Overrides.toml", "overrides.toml.txt", "overides.toml", "overrides.txt"]
)
def test_changes_by_another_name(tmp_path: Path, name: str) -> None:
    ((path, said),) = misplaced(lay(tmp_path, name))
    assert path.name == name
    assert "it must be called overrides.toml" in said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("own-drugs.toml", "move a list into the folder lists"),
        ("list/own.toml", "move them into the folder lists"),
    ],
)
def test_a_list_in_the_wrong_place(tmp_path: Path, name: str, said: str) -> None:
    ((_, told),) = misplaced(lay(tmp_path, name))
    assert said in told


@pytest.mark.parametrize("name", ["bullying.toml.txt", "bullying.TOML", "bullying", "bullying.txt"])
def test_a_list_by_another_ending(tmp_path: Path, name: str) -> None:
    ((path, said),) = misnamed_lists(lay(tmp_path, name))
    assert path.name == name
    assert "ends in .toml; rename it" in said
