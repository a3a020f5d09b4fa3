"""Memory that a process of ours gives back to the Linux kernel."""

import contextlib
import ctypes
from pathlib import Path

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_OWN_MAPPING_BYTES = 64 << 10
_MADV_DONTNEED = 4
_MADV_DONTNEED_LOCKED = 24


def trim_memory() -> None:
    """Return to the system what nothing uses just now."""
    libc = ctypes.CDLL(None)
    with contextlib.suppress(AttributeError):
        # glibc only.
        libc.malloc_trim(0)
    # Without a descriptor left, the next time.
    with contextlib.suppress(OSError):
        _unmap_code(libc)


def few_arenas() -> None:
    """Keep threads that live in libraries from each holding a heap of its own, and large things out of it.

    What is large comes and goes, such as lists while they are read: in the heap it would leave holes.
    """
    with contextlib.suppress(AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, _OWN_MAPPING_BYTES)


def _unmap_code(libc: ctypes.CDLL) -> None:
    """Let go of pages of program code; those that run come back from the file by themselves.

    Locked memory would otherwise hold for ever what only the start ran, some ten megabytes. Code alone: a
    mapping that is executable was never written to, so nothing can be lost.
    """
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines():
        bounds, mode, _, _, inode, *_ = line.split(maxsplit=5)
        if mode != "r-xp" or inode == "0":
            continue
        start, end = (int(bound, 16) for bound in bounds.split("-"))
        region = ctypes.c_void_p(start), ctypes.c_size_t(end - start)
        if libc.madvise(*region, _MADV_DONTNEED_LOCKED) != 0:
            # A kernel before 5.18: works where memory is not locked.
            libc.madvise(*region, _MADV_DONTNEED)
