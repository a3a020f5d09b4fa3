"""What one block device is asked and told, on real loop devices."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux import _block

from tests.support.sticks import Stick

pytestmark = [pytest.mark.media, pytest.mark.machine]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Stick]:
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(8 << 20)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    made = Stick(image)
    made.put_in()
    yield made
    if made.node:
        subprocess.run(["blockdev", "--setrw", made.node], check=True)
        made.take_out()


def test_each_insertion_has_a_number_of_its_own(disk: Stick) -> None:
    first, node = _block.sequence_of(disk.node), disk.node
    disk.take_out()
    disk.put_in()
    assert disk.node == node
    assert _block.sequence_of(node) > first


def test_read_only_is_kept_from_root_too_and_lifted(disk: Stick) -> None:
    number = _block.sequence_of(disk.node)
    assert not _block.is_read_only(disk.node)
    _block.make_read_only(disk.node, number, read_only=True)
    assert _block.is_read_only(disk.node)
    with pytest.raises(PermissionError), Path(disk.node).open("r+b", buffering=0) as written:
        written.write(bytes(512))
    _block.make_read_only(disk.node, number, read_only=False)
    assert not _block.is_read_only(disk.node)


def test_what_came_in_its_place_is_not_touched(disk: Stick) -> None:
    number = _block.sequence_of(disk.node)
    with pytest.raises(_block.SomethingElse):
        _block.make_read_only(disk.node, number + 1, read_only=True)
    assert not _block.is_read_only(disk.node)


def test_mounts_are_found_flushed_and_detached_in_use(disk: Stick, tmp_path: Path) -> None:
    place = tmp_path / "a place\twith blanks"
    place.mkdir()
    assert _block.mounts(disk.node) == []
    subprocess.run(["mount", disk.node, str(place)], check=True)
    with (place / "file").open("w") as in_use:
        assert [one.place for one in _block.mounts(disk.node)] == [str(place)]
        in_use.write("kept")
        in_use.flush()
        _block.flush(str(place))
        _block.detach(str(place))
        assert _block.mounts(disk.node) == []
    with pytest.raises(OSError, match="Invalid"):
        _block.detach(str(place))


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such"):
        _block.sequence_of("/dev/no-such-disk")
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="Inappropriate"):
        _block.sequence_of(str(tmp_path / "file"))
    assert _block.mounts("/dev/no-such-disk") == []
