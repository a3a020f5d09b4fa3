"""What the two long-running processes do without, so that they stay small on a pupil's device.

Each of these is optional to the library that would load it: `asyncio` and `hashlib` take OpenSSL where they
find it, though gRPC and `cryptography` bring their own and nothing here uses the standard library's;
`structlog` takes `rich` for colours that a log file doesn't show. Together they are a quarter of the memory.
Of `rapidfuzz` one distance is used, and `import rapidfuzz` would load all of it.
"""

import contextlib
import ctypes
import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_OWN_MAPPING_BYTES = 64 << 10
_MADV_DONTNEED = 4
_MADV_DONTNEED_LOCKED = 24
QUIET_SECONDS = 5.0
"""So long after a start, or after new lists, what they needed is over."""
AGAIN_SECONDS = 30.0
"""So often what was done once meanwhile is let go of: a heartbeat, a delivery, a page that was shown."""
UNUSED = ("ssl", "_hashlib", "rich")
_UNUSED_PARTS = ("rapidfuzz.fuzz", "rapidfuzz.process", "rapidfuzz.utils")


def do_without() -> None:
    """Make imports of what is unused fail, as if it were not installed. Before anything else is imported."""
    for name in UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    for name in _UNUSED_PARTS:
        # Their package insists on having them.
        sys.modules.setdefault(name, ModuleType(name))


def give_back() -> None:
    """Return to the system what starting up needed and running does not."""
    gc.collect()
    gc.freeze()
    let_go()


def let_go() -> None:
    """Return to the system what nothing uses just now."""
    libc = ctypes.CDLL(None)
    with contextlib.suppress(AttributeError):
        # glibc only.
        libc.malloc_trim(0)
    # Without a descriptor left, the next time.
    with contextlib.suppress(OSError):
        _unmap_code(libc)


async def stay_small() -> None:
    """Give back when the start is over, then let go again and again, until cancelled."""
    # Not before `do_without`.
    import asyncio  # noqa: PLC0415

    await asyncio.sleep(QUIET_SECONDS)
    give_back()
    while True:
        await asyncio.sleep(AGAIN_SECONDS)
        let_go()


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
    """Keep threads that live in libraries from each holding a heap of its own, and large things out of it.

    What is large comes and goes, such as lists while they are read: in the heap it would leave holes.
    """
    with contextlib.suppress(AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, _OWN_MAPPING_BYTES)
