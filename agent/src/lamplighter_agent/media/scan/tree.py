"""Walking through everything on a medium without leaving it and without being led astray.

Folders are opened from the folder above by descriptor, never by path and never through a link; what lies
deeper than the limit, on another file system, or is no file, folder or link within the medium, is told as
skipped and so makes a scan incomplete. Memory does not grow with the number of files: nothing is listed ahead
or sorted, and the order is the medium's own, which stays the same as long as nobody writes to it.
"""

import os
import stat
from collections.abc import Callable, Iterator

from lamplighter_agent.media.scan.found import File, Folder, Found, Link, Skipped, let_go, unread
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe or a device that took a file's place must not hold us up.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

Within = Callable[[int, bytes], bool]
"""Whether a path from an open folder ends, through all its links, in something below that folder."""


class Walk:
    """One walk from an open root folder; `close` it, also half way. One thread."""

    def __init__(self, root: int, limits: ScanLimits, within: Within) -> None:
        self._root = root
        self._limits = limits
        self._within = within
        self._device = os.fstat(root).st_dev
        self._open: list[_OpenFolder] = []
        self._count = 0
        self._bytes = 0

    def __iter__(self) -> Iterator[Found]:
        first = self._enter(self._root, b".", b"")
        if first is not None:
            yield first
        while self._open:
            found = self._next(self._open[-1])
            if found is None:
                self._open.pop().close()
                continue
            yield found
            if isinstance(found, Skipped) and found.end:
                return

    def close(self) -> None:
        while self._open:
            self._open.pop().close()

    def _next(self, folder: "_OpenFolder") -> Found | None:
        """Return what comes next in a folder; None where it is through, or can't be read any further."""
        if folder.broken:
            return None
        try:
            entry = next(folder.entries, None)
        except OSError as error:
            folder.broken = True
            return Skipped(reason=unread(error))
        try:
            return None if entry is None else self._look(folder, entry)
        except OSError as error:
            return Skipped(reason=unread(error))

    def _enter(self, above: int, name: bytes, path: bytes) -> Skipped | None:
        if len(self._open) > self._limits.deepest:
            return Skipped(reason=Reason.TOO_DEEP)
        try:
            descriptor = os.open(name, _FOLDER, dir_fd=above)
            if os.fstat(descriptor).st_dev != self._device:
                let_go(descriptor)
                return Skipped(reason=Reason.OTHER_FILE_SYSTEM)
            self._open.append(_OpenFolder(descriptor, path))
        except OSError as error:
            return Skipped(reason=unread(error))
        return None

    def _look(self, folder: "_OpenFolder", entry: os.DirEntry[str]) -> Found:
        self._count += 1
        if self._count > self._limits.most_files:
            return Skipped(reason=Reason.TOO_MANY, end=True)
        name = os.fsencode(entry.name)
        path = folder.path + b"/" + name if folder.path else name
        if entry.is_symlink():
            return self._link(folder.descriptor, name, path)
        if entry.is_dir(follow_symlinks=False):
            return self._enter(folder.descriptor, name, path) or Folder(path=path)
        if not entry.is_file(follow_symlinks=False):
            return Skipped(reason=Reason.NOT_A_FILE)
        return self._file(folder.descriptor, name, path)

    def _link(self, above: int, name: bytes, path: bytes) -> Found:
        target = os.readlink(name, dir_fd=above)
        if not self._within(self._root, path):
            return Skipped(reason=Reason.LINK)
        return Link(path=path, target=target)

    def _file(self, above: int, name: bytes, path: bytes) -> Found:
        descriptor = os.open(name, _FILE, dir_fd=above)
        about = os.fstat(descriptor)
        reason = self._why_not(about)
        if reason is not None:
            let_go(descriptor)
            return Skipped(reason=reason, end=self._bytes > self._limits.largest_bytes)
        return File(path=path, descriptor=descriptor, size=about.st_size)

    def _why_not(self, about: os.stat_result) -> Reason | None:
        if not stat.S_ISREG(about.st_mode):
            return Reason.NOT_A_FILE
        if about.st_dev != self._device:
            return Reason.OTHER_FILE_SYSTEM
        if about.st_size > self._limits.largest_file_bytes:
            return Reason.TOO_LARGE
        self._bytes += about.st_size
        return Reason.TOO_LARGE if self._bytes > self._limits.largest_bytes else None


class _OpenFolder:
    """A folder that is being read, one entry at a time."""

    def __init__(self, descriptor: int, path: bytes) -> None:
        self.descriptor = descriptor
        self.path = path
        self.broken = False
        try:
            self.entries = os.scandir(descriptor)
        except OSError:
            let_go(descriptor)
            raise

    def close(self) -> None:
        self.entries.close()
        let_go(self.descriptor)
