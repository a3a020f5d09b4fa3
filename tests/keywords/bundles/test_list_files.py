"""The lists as bytes: the same pack as from a disk, and nothing that unpacks to more than it may."""

import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.bundles.envelope import canonical
from lamplighter_keywords.bundles.list_files import (
    PACKED_BYTES,
    UNPACKED_BYTES,
    files_from,
    pack_files,
    pack_from_files,
    unpack_files,
)
from lamplighter_keywords.errors import BundleMalformed, ListsMissing
from lamplighter_keywords.shipped import load_shipped, shipped_folder

THEMES = b"""
[[theme]]
slug = "lamps"
code = "LAM"
name = "Lamps"
definition = "Lamps."
base_severity = 2
route = "dsl"
"""
LIST = b"""
[list]
id = "lamps.en"
theme = "lamps"
language = "en"
[[term]]
id = "la-1"
text = "lamp"
match = "word"
severity = 3
"""
FILES = {"themes.toml": THEMES, "lists/lamps.en.toml": LIST}
PACKED = pack_files(FILES)


def shipped_files() -> dict[str, bytes]:
    folder = shipped_folder()
    return files_from(folder / "lists", folder / "themes.toml", folder / "knowledge")


def test_the_pack_is_the_one_from_the_disk() -> None:
    assert pack_from_files(unpack_files(pack_files(shipped_files()))) == load_shipped()


def test_the_shipped_lists_leave_a_school_as_much_room_again() -> None:
    files = shipped_files()
    assert len(pack_files(files)) < PACKED_BYTES / 2
    assert sum(map(len, files.values())) < UNPACKED_BYTES / 4


def test_knowledge_travels_with_the_lists() -> None:
    pack = pack_from_files({**FILES, "knowledge/words.en.toml": b'[classes]\nlamp = ["lamp"]\n'})
    assert pack.knowledge.classes == {"lamp": ("lamp",)}


def test_packing_does_not_depend_on_order() -> None:
    assert pack_files(dict(reversed(FILES.items()))) == PACKED


def test_order_is_that_of_folders(tmp_path: Path) -> None:
    for name in ("a/z", "a-b/c"):
        path = tmp_path / f"{name}.toml"
        path.parent.mkdir()
        path.write_bytes(LIST)
    (tmp_path / "themes").write_bytes(THEMES)
    pack = pack_from_files(files_from(tmp_path, tmp_path / "themes"))
    assert [one.file for one in pack.lists] == ["a/z.toml", "a-b/c.toml"]


@given(length=st.integers(0, len(PACKED) - 1))
def test_any_truncation_is_refused(length: int) -> None:
    with pytest.raises(BundleMalformed):
        unpack_files(PACKED[:length])


@given(junk=st.binary(max_size=300))
def test_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(BundleMalformed):
        unpack_files(junk)
    with pytest.raises(BundleMalformed):
        unpack_files(zlib.compress(junk))


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zlib.compress(b'{"a":"' + b" " * UNPACKED_BYTES + b'"}')
    assert len(bomb) < PACKED_BYTES
    with pytest.raises(BundleMalformed, match="too large"):
        unpack_files(bomb)


def test_too_many_bytes_and_bytes_after_the_end_are_refused() -> None:
    for packed in (b"x" * (PACKED_BYTES + 1), PACKED + b"x"):
        with pytest.raises(BundleMalformed, match="too large"):
            unpack_files(packed)
    with pytest.raises(BundleMalformed):
        unpack_files(zlib.compress(canonical({"lists/a.toml": 1})))


@pytest.mark.parametrize(
    "path",
    ["lamps.toml", "lists/../x.toml", "/lists/x.toml", "lists//x.toml", "lists/x.txt", "lists/\n.toml"],
)
def test_a_path_must_be_one_of_a_list(path: str) -> None:
    with pytest.raises(BundleMalformed, match="path"):
        pack_from_files({**FILES, path: LIST})


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"themes.toml": THEMES}, "no lists"),
        ({"lists/lamps.en.toml": LIST}, "no themes"),
        ({**FILES, "themes.toml": b"["}, "themes.toml:1"),
        ({**FILES, "lists/other.toml": b"[list]"}, "other.toml:1"),
        ({**FILES, "knowledge/words.toml": b"\n[classes"}, "words.toml:2"),
        ({**FILES, "knowledge/other.toml": b""}, "other.toml:1"),
        ({**FILES, "lists/other.toml": b"\xff"}, "not UTF-8"),
    ],
)
def test_a_fault_in_a_file_is_named(files: dict[str, bytes], problem: str) -> None:
    with pytest.raises(BundleMalformed, match=problem):
        pack_from_files(files)


def test_what_is_not_text_is_not_packed() -> None:
    with pytest.raises(BundleMalformed, match="not UTF-8"):
        pack_files({**FILES, "lists/other.toml": b"\xff"})


def test_a_folder_without_lists_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ListsMissing):
        files_from(tmp_path, tmp_path / "themes.toml")
    (tmp_path / "a.toml").write_bytes(LIST)
    with pytest.raises(ListsMissing):
        files_from(tmp_path, tmp_path / "themes.toml")
