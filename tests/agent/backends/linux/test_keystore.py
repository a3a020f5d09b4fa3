"""The device key in a file that its owner alone may read; one that others could touch is refused."""

from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.errors import KeyUnavailable


def test_key_and_id_are_the_owners_alone(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path / "state")
    store.device_key()
    store.device_id()
    files = list((tmp_path / "state").iterdir())
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]


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
