"""What the two long-running processes do without, so that they stay small on a pupil's device.

Each of these is optional to the library that would load it: `asyncio` and `hashlib` take OpenSSL where they
find it, though gRPC and `cryptography` bring their own and nothing here uses the standard library's;
`structlog` takes `rich` for colours that a log file doesn't show. Together they are a quarter of the memory.
"""

import contextlib
import ctypes
import gc
import sys

_M_ARENA_MAX = -8
UNUSED = ("ssl", "_hashlib", "rich")


def do_without() -> None:
    """Make imports of what is unused fail, as if it were not installed. Before anything else is imported."""
    for name in UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


def give_back() -> None:
    """Return to the system what starting up needed and running does not."""
    gc.collect()
    gc.freeze()
    with contextlib.suppress(AttributeError):
        # glibc only.
        ctypes.CDLL(None).malloc_trim(0)


def few_arenas() -> None:
    """Keep threads that live in libraries from each holding a heap of its own."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
