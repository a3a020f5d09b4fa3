"""Walking through everything on a volume of Windows that is mounted in a folder, without leaving it.

As `media/scan/tree.py` does it on systems that open by descriptor. Here it is by path, so it holds because
nobody can write to the disk meanwhile, and nothing is followed: what is a link, a mount point or anything
else with a reparse tag is told as skipped, and so is a file with a second stream of content.
"""

import os
import stat
from collections.abc import Callable, Generator, Iterator

from lamplighter_agent.backends.select_files import disk
from lamplighter_agent.media.scan.found import File, Folder, Found, Skipped
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits

# FILE_ATTRIBUTE_REPARSE_POINT.
_REPARSE = 0x400
Streams = Callable[[str], bool]
"""Whether a file, by its path, has content beside its own; raises OSError."""


def walk(root: str, limits: ScanLimits, more_streams: Streams) -> Generator[Found, None, None]:
    """Give everything below a folder; whoever gets a `File` closes its descriptor, and this half way."""
    return _Walk(root, limits, more_streams).all()


class _Walk:
    def __init__(self, root: str, limits: ScanLimits, more_streams: Streams) -> None:
        self._root = root
        self._limits = limits
        self._more_streams = more_streams
        self._count = 0
        self._bytes = 0
        # The deepest last.
        self._opened: list[_OpenFolder] = []

    def all(self) -> Generator[Found, None, None]:
        try:
            yield from self._enter(self._root)
            while self._opened:
                entry = self._next(self._opened[-1])
                if entry is None:
                    self._opened.pop().close()
                    continue
                found = entry if isinstance(entry, Skipped) else self._look(entry)
                yield found
                if isinstance(found, Skipped) and found.end:
                    return
                if isinstance(found, Folder) and not isinstance(entry, Skipped):
                    yield from self._enter(entry.path)
        finally:
            while self._opened:
                self._opened.pop().close()

    def _enter(self, folder: str) -> Iterator[Skipped]:
        """Open a folder, to be read next; give why not."""
        if len(self._opened) > self._limits.deepest:
            yield Skipped(reason=Reason.TOO_DEEP)
            return
        try:
            self._opened.append(_OpenFolder(os.scandir(folder)))
        except OSError:
            yield Skipped(reason=Reason.READ_ERROR)

    def _next(self, folder: "_OpenFolder") -> "os.DirEntry[str] | Skipped | None":
        """Return what comes next in a folder; None where it is through, or can't be read any further."""
        if folder.broken:
            return None
        try:
            return next(folder.entries, None)
        except OSError:
            folder.broken = True
            return Skipped(reason=Reason.READ_ERROR)

    def _look(self, entry: "os.DirEntry[str]") -> Found:
        self._count += 1
        if self._count > self._limits.most_files:
            return Skipped(reason=Reason.TOO_MANY, end=True)
        path = os.fsencode(os.path.relpath(entry.path, self._root).replace(os.sep, "/"))
        try:
            about = entry.stat(follow_symlinks=False)
            if entry.is_symlink() or getattr(about, "st_file_attributes", 0) & _REPARSE:
                return Skipped(reason=Reason.LINK)
            if stat.S_ISDIR(about.st_mode):
                return Folder(path=path)
            if not stat.S_ISREG(about.st_mode) or self._more_streams(entry.path):
                return Skipped(reason=Reason.NOT_A_FILE)
            return self._file(entry.path, path, about.st_size)
        except OSError:
            return Skipped(reason=Reason.READ_ERROR)

    def _file(self, where: str, path: bytes, size: int) -> Found:
        if size > self._limits.largest_file_bytes:
            return Skipped(reason=Reason.TOO_LARGE)
        self._bytes += size
        if self._bytes > self._limits.largest_bytes:
            return Skipped(reason=Reason.TOO_LARGE, end=True)
        descriptor = os.open(where, os.O_RDONLY | disk.FLAGS)
        # What the folder says of a file may be older than the file.
        return File(path=path, descriptor=descriptor, size=os.fstat(descriptor).st_size)


class _OpenFolder:
    """A folder that is being read, one entry at a time."""

    def __init__(self, entries: "os._ScandirIterator[str]") -> None:
        self.entries = entries
        self.broken = False

    def close(self) -> None:
        self.entries.close()
