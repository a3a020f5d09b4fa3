"""Memory that a process of ours gives back to the Linux kernel."""

import contextlib
import ctypes
from pathlib import Path
from typing import NamedTuple

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_OWN_MAPPING_BYTES = 64 << 10
_MADV_DONTNEED = 4
_MADV_DONTNEED_LOCKED = 24
# A page that differs from its file is in memory or swapped out.
_OWN_PAGES = frozenset({"Anonymous:", "Swap:"})


class Mapping(NamedTuple):
    """A part of our memory that shows a file; of others `inode` is "0"."""

    start: int
    end: int
    mode: str
    inode: str

    @classmethod
    def of(cls, line: str) -> "Mapping":
        """Read a line of /proc/PID/maps."""
        bounds, mode, _, _, inode, *_ = line.split(maxsplit=5)
        start, end = (int(bound, 16) for bound in bounds.split("-"))
        return cls(start, end, mode, inode)


_known: set[str] = set()
_constants: set[Mapping] = set()


def trim_memory() -> None:
    """Return to the system what nothing uses just now."""
    libc = ctypes.CDLL(None)
    with contextlib.suppress(AttributeError):
        # glibc only.
        libc.malloc_trim(0)
    # Without a descriptor left, the next time.
    with contextlib.suppress(OSError):
        _unmap_programs(libc)


def few_arenas() -> None:
    """Keep threads that live in libraries from each holding a heap of its own, and large things out of it.

    What is large comes and goes, such as lists while they are read: in the heap it would leave holes.
    """
    with contextlib.suppress(AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, _OWN_MAPPING_BYTES)


def _unmap_programs(libc: ctypes.CDLL) -> None:
    """Let go of pages of programs and libraries; those in use come back from the file by themselves.

    Locked memory would otherwise hold for ever what only the start ran, some ten megabytes. Only what was
    never written to, so that nothing can be lost: code, and constants of the same files.
    """
    mappings = [mapping for mapping in map(Mapping.of, _lines("maps")) if mapping.inode != "0"]
    programs = {mapping.inode for mapping in mappings if mapping.mode == "r-xp"}
    if programs != _known:
        _look_for_constants(programs)
    for mapping in mappings:
        if mapping.mode == "r-xp" or mapping in _constants:
            region = ctypes.c_void_p(mapping.start), ctypes.c_size_t(mapping.end - mapping.start)
            if libc.madvise(*region, _MADV_DONTNEED_LOCKED) != 0:
                # A kernel before 5.18: works where memory is not locked.
                libc.madvise(*region, _MADV_DONTNEED)


def _look_for_constants(programs: set[str]) -> None:
    """Note the mappings of constants that are as in their file: addresses are put into some at the start.

    Asked only when there are other programs than before, since the kernel goes through all pages for it.
    """
    own: dict[Mapping, int] = {}
    for line in _lines("smaps"):
        name, _, value = line.partition(" ")
        if not name.endswith(":"):
            mapping = Mapping.of(line)
            own[mapping] = 0
        elif name in _OWN_PAGES:
            own[mapping] += int(value.split()[0])
    clean = {one for one, size in own.items() if one.mode == "r--p" and one.inode in programs and size == 0}
    _constants.clear()
    _constants.update(clean)
    _known.clear()
    _known.update(programs)


def _lines(name: str) -> list[str]:
    return Path(f"/proc/self/{name}").read_text(encoding="utf-8", errors="replace").splitlines()
