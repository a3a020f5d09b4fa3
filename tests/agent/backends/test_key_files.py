"""The device's key in a file that the system's box has sealed."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lamplighter_agent.backends.key_files import KeyFiles
from lamplighter_agent.errors import KeyUnavailable

from tests.support.fakes.box import PretendedBox


def store(folder: Path) -> KeyFiles:
    return KeyFiles(folder, PretendedBox())


def test_the_key_itself_is_not_in_the_folder(tmp_path: Path) -> None:
    key = store(tmp_path).device_key()
    assert all(key not in path.read_bytes() for path in tmp_path.iterdir())


def test_of_many_that_start_together_all_have_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: store(tmp_path).device_key(), range(32)))
    assert len(keys) == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"sealed:short", b"another system's" + bytes(32)])
def test_one_that_can_not_be_opened_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "device.key").write_bytes(content)
    with pytest.raises(KeyUnavailable, match=r"device\.key"):
        store(tmp_path).device_key()
    assert (tmp_path / "device.key").read_bytes() == content


def test_an_erased_key_is_overwritten_before_it_is_gone(tmp_path: Path) -> None:
    before = store(tmp_path).device_key()
    (tmp_path / "kept").hardlink_to(tmp_path / "device.key")
    store(tmp_path).erase()
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert not any((tmp_path / "kept").read_bytes())
    assert store(tmp_path).device_key() != before
