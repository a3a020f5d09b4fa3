"""What is kept of portable media opens on this device only, and a spoilt file is begun anew and told of."""

from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.media.kept import Kept, SealedFile
from lamplighter_keywords.errors import BundleMalformed


def file_in(folder: Path, name: str = "kept") -> SealedFile:
    return SealedFile(folder / "media" / name, FileKeyStore(folder / "keys"))


def test_values_outlive_a_restart_and_can_not_be_read_on_the_disk(tmp_path: Path) -> None:
    Kept(file_in(tmp_path)).put({"a": ["0042"], "b": 1})
    again = Kept(file_in(tmp_path))
    assert again.get("a") == ["0042"]
    assert again.get("b") == 1
    assert not again.damaged
    assert b"0042" not in (tmp_path / "media" / "kept").read_bytes()
    assert (tmp_path / "media").stat().st_mode & 0o777 == 0o700


@pytest.mark.fault
def test_one_file_does_not_open_in_the_place_of_another(tmp_path: Path) -> None:
    file_in(tmp_path).write(b"{}")
    (tmp_path / "media" / "kept").rename(tmp_path / "media" / "register")
    with pytest.raises(BundleMalformed):
        file_in(tmp_path, "register").read()


@pytest.mark.fault
@pytest.mark.parametrize("content", [b"", b"rubbish", b"LLB1" + bytes(40)])
def test_a_spoilt_file_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    Kept(file_in(tmp_path)).put({"a": 1})
    (tmp_path / "media" / "kept").write_bytes(content)
    kept = Kept(file_in(tmp_path))
    assert kept.damaged
    assert kept.get("a") is None
    kept.put({"a": 2})
    assert Kept(file_in(tmp_path)).get("a") == 2


@pytest.mark.fault
def test_what_can_not_be_written_is_still_known(tmp_path: Path) -> None:
    kept = Kept(file_in(tmp_path))
    (tmp_path / "media").write_text("in the way")
    kept.put({"a": 1})
    assert kept.get("a") == 1
