"""What the two long-running processes do without, so that they stay small on a pupil's device.

Each of these is optional to the library that would load it: `asyncio` and `hashlib` take OpenSSL where they
find it, though gRPC and `cryptography` bring their own and nothing here uses the standard library's;
`structlog` takes `rich` for colours that a log file doesn't show. Together they are a quarter of the memory.
"""

import contextlib
import ctypes
import gc
import sys
from collections.abc import Iterator
from pathlib import Path

_M_ARENA_MAX = -8
_MADV_DONTNEED = 4
_MADV_DONTNEED_LOCKED = 24
QUIET_SECONDS = 5.0
"""So long after a start, or after new lists, what they needed is over."""
UNUSED = ("ssl", "_hashlib", "rich")


def do_without() -> None:
    """Make imports of what is unused fail, as if it were not installed. Before anything else is imported."""
    for name in UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


def give_back() -> None:
    """Return to the system what starting up needed and running does not."""
    gc.collect()
    gc.freeze()
    libc = ctypes.CDLL(None)
    with contextlib.suppress(AttributeError):
        # glibc only.
        libc.malloc_trim(0)
    _unmap_code(libc)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Rest the collector of rubbish while very many small things are built that all stay: it finds nothing.

    Looking costs a quarter of the time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


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


def few_arenas() -> None:
    """Keep threads that live in libraries from each holding a heap of its own."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
