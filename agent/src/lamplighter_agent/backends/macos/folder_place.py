"""What is mounted at a folder, and whether a link stays within it: by calls that every POSIX system has.

For Macs, where no process has mounts of its own and the kernel follows no link "only within" a folder.
"""

import os
from typing import Final

from lamplighter_agent.media.scan.outcome import Reason

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_ANY: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_DEEPEST_LINK: Final = 64


class FolderGone(Exception):
    """Nothing is mounted there."""


class MountedFolder:
    """Fills the scan's `Place`. `mounted` false: any folder, which nobody may change meanwhile."""

    def __init__(self, folder: str, *, mounted: bool) -> None:
        """Open it; raises FolderGone."""
        self._folder = folder
        try:
            self.root = os.open(folder, _FOLDER)
            above = os.open("..", _FOLDER, dir_fd=self.root)
        except OSError:
            raise FolderGone from None
        try:
            if mounted and os.fstat(above).st_dev == os.fstat(self.root).st_dev:
                os.close(self.root)
                raise FolderGone
        finally:
            os.close(above)

    def same(self) -> Reason:
        """Compare what is mounted there with what was."""
        try:
            now = os.open(self._folder, _FOLDER)
        except OSError:
            return Reason.MEDIUM_GONE
        try:
            return Reason.CLEAN if os.path.sameopenfile(now, self.root) else Reason.MOUNT_CHANGED
        except OSError:
            return Reason.MEDIUM_GONE
        finally:
            os.close(now)

    def leave(self) -> None:
        os.close(self.root)


def within(root: int, path: bytes) -> bool:
    """Follow a link below an open folder: True where it leads down from its own folder, past no other link.

    False also for what is only unusual: then the link is told, and the medium is not clean.
    """
    steps = path.split(b"/")
    if len(steps) > _DEEPEST_LINK:
        return False
    try:
        target = _link(root, path)
        onward = target.split(b"/")
        if target.startswith(b"/") or not set(onward).isdisjoint({b"", b".."}) or len(onward) > _DEEPEST_LINK:
            return False
        return _leads_down(root, [*steps[:-1], *onward])
    except OSError:
        return False


def _link(root: int, path: bytes) -> bytes:
    return os.readlink(path, dir_fd=root)


def _leads_down(root: int, steps: list[bytes]) -> bool:
    """Open step by step, no link among them."""
    device, at = os.fstat(root).st_dev, os.dup(root)
    try:
        for number, step in enumerate(steps):
            last = number == len(steps) - 1
            following = os.open(step, _ANY if last else _FOLDER, dir_fd=at)
            os.close(at)
            at = following
            if os.fstat(at).st_dev != device:
                return False
        return True
    finally:
        os.close(at)
