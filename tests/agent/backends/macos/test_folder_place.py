"""What is mounted at a folder, and links within it, by calls that every POSIX system has."""

import os
from pathlib import Path

import pytest
from lamplighter_agent.backends.macos.folder_place import FolderGone, MountedFolder, within
from lamplighter_agent.media.scan.outcome import Reason


@pytest.mark.parametrize(
    ("link", "target", "stays"),
    [
        ("here", "a/essay.txt", True),
        ("here", "a", True),
        ("here", "a/../a/essay.txt", False),
        ("a/up", "../a", False),
        ("here", "/etc/passwd", False),
        ("here", "nowhere", False),
        ("here", "here", False),
        ("here", "a/on", False),
    ],
)
def test_a_link_counts_only_where_it_leads_straight_down(
    tmp_path: Path, link: str, target: str, *, stays: bool
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "essay.txt").write_bytes(b"words")
    (tmp_path / "a" / "on").symlink_to("essay.txt")
    (tmp_path / link).symlink_to(target)
    root = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        assert within(root, link.encode()) is stays
    finally:
        os.close(root)


def test_a_folder_that_is_no_mount_is_none_of_a_medium(tmp_path: Path) -> None:
    with pytest.raises(FolderGone):
        MountedFolder(str(tmp_path), mounted=True)
    with pytest.raises(FolderGone):
        MountedFolder(str(tmp_path / "nowhere"), mounted=False)


def test_another_folder_in_its_place_is_told(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    place = MountedFolder(str(room), mounted=False)
    assert place.same() is Reason.CLEAN
    room.rename(tmp_path / "away")
    assert place.same() is Reason.MEDIUM_GONE
    room.mkdir()
    assert place.same() is Reason.MOUNT_CHANGED
    place.leave()
