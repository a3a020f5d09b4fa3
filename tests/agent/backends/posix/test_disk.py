"""What is stored, as this system stores it: the same promises that `select_files` makes for every one."""

import os
from pathlib import Path

import pytest
from lamplighter_agent.backends.macos import durability as mac
from lamplighter_agent.backends.select_files import disk, durability
from lamplighter_agent.backends.windows import disk as windows
from lamplighter_agent.backends.windows import durability as windows_durability


@pytest.mark.parametrize("reserve", [durability.reserve, mac.reserve, windows_durability.reserve])
def test_room_is_made_and_what_is_there_stays(tmp_path: Path, reserve: object) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"kept")
    descriptor = os.open(path, os.O_RDWR | disk.FLAGS)
    try:
        assert callable(reserve)
        reserve(descriptor, 4096)
        reserve(descriptor, 1024)
        assert disk.write_at(descriptor, memoryview(b"there"), 100) == 5
        durability.sync(descriptor)
        disk.sync_folder(tmp_path)
        assert disk.read_at(descriptor, 4, 0) + disk.read_at(descriptor, 5, 100) == b"keptthere"
        assert windows.write_at(descriptor, memoryview(b"later"), 200) == 5
        assert windows.read_at(descriptor, 5, 200) == disk.read_at(descriptor, 5, 200) == b"later"
        assert os.fstat(descriptor).st_size == 4096
    finally:
        os.close(descriptor)
