"""The device key in a file: made once, read only by its owner, never replaced."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.errors import KeyUnavailable


def test_the_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    key = FileKeyStore(folder).device_key()
    assert len(key) == 32
    assert FileKeyStore(folder).device_key() == key
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_of_many_that_start_together_all_have_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: FileKeyStore(tmp_path).device_key(), range(32)))
    assert len(keys) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_the_id_is_random_made_once_and_outlives_the_key(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path / "one")
    found = store.device_id()
    store.device_key()
    store.erase()
    assert FileKeyStore(tmp_path / "one").device_id() == found
    assert FileKeyStore(tmp_path / "two").device_id() != found
    assert (tmp_path / "one" / "device.id").stat().st_mode & 0o777 == 0o600


def test_an_id_that_is_damaged_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "device.id"
    file.write_bytes(b"short")
    file.chmod(0o600)
    with pytest.raises(KeyUnavailable, match=r"device\.id: 5 bytes"):
        FileKeyStore(tmp_path).device_id()
    assert file.read_bytes() == b"short"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_can_touch_is_refused(tmp_path: Path, mode: int) -> None:
    FileKeyStore(tmp_path).device_key()
    (tmp_path / "device.key").chmod(mode)
    with pytest.raises(KeyUnavailable, match="mode"):
        FileKeyStore(tmp_path).device_key()


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_key_of_a_wrong_size_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "device.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(KeyUnavailable, match="bytes"):
        FileKeyStore(tmp_path).device_key()
    assert file.read_bytes() == content


def test_a_link_to_somewhere_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(bytes(32))
    (tmp_path / "device.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyUnavailable):
        FileKeyStore(tmp_path).device_key()


def test_an_erased_key_is_gone_and_another_one_follows(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path)
    before = store.device_key()
    store.erase()
    store.erase()
    assert not list(tmp_path.iterdir())
    assert store.device_key() != before
