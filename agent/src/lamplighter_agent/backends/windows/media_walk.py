"""Walking through everything on a volume of Windows that is mounted in a folder, without leaving it.

As `media/scan/tree.py` does it on systems that open by descriptor. Here it is by path, so it holds because
nobody can write to the disk meanwhile, and nothing is followed: what is a link, a mount point or anything
else with a reparse tag is told as skipped, and so is a file with a second stream of content.
"""

import os
import stat
from collections.abc import Callable, Iterator

from lamplighter_agent.backends.select_files import disk
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits
from lamplighter_agent.media.scan.tree import File, Folder, Found, Skipped

# FILE_ATTRIBUTE_REPARSE_POINT.
_REPARSE = 0x400
Streams = Callable[[str], bool]
"""Whether a file, by its path, has content beside its own; raises OSError."""


def walk(root: str, limits: ScanLimits, more_streams: Streams) -> Iterator[Found]:
    """Give everything below a folder; whoever gets a `File` closes its descriptor."""
    return _Walk(root, limits, more_streams).all()


class _Walk:
    def __init__(self, root: str, limits: ScanLimits, more_streams: Streams) -> None:
        self._root = root
        self._limits = limits
        self._more_streams = more_streams
        self._count = 0
        self._bytes = 0

    def all(self) -> Iterator[Found]:
        # Of each open folder its entries, the deepest last.
        opened = [_entries(self._root)]
        while opened:
            if isinstance(opened[-1], Skipped):
                yield opened.pop()  # type: ignore[misc]
                continue
            try:
                entry = next(opened[-1], None)
            except OSError:
                opened.pop()
                yield Skipped(reason=Reason.READ_ERROR)
                continue
            if entry is None:
                opened.pop()
                continue
            found = self._look(entry)
            yield found
            if isinstance(found, Skipped) and found.end:
                return
            if isinstance(found, Folder):
                deep = len(opened) > self._limits.deepest
                opened.append(Skipped(reason=Reason.TOO_DEEP) if deep else _entries(entry.path))

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


def _entries(folder: str) -> "Iterator[os.DirEntry[str]] | Skipped":
    try:
        return os.scandir(folder)
    except OSError:
        return Skipped(reason=Reason.READ_ERROR)
