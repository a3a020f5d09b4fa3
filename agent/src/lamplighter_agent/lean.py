"""What the two long-running processes do without, so that they stay small on a pupil's device.

Each of these is optional to the library that would load it: `asyncio` and `hashlib` take OpenSSL where they
find it, though gRPC and `cryptography` bring their own and nothing here uses the standard library's;
`structlog` takes `rich` for colours that a log file doesn't show. Together they are a quarter of the memory.
Of `rapidfuzz` one distance is used, and `import rapidfuzz` would load all of it.
`protobuf` loads its messages in Python beside those in C, which alone are used.
"""

import gc
import sys
from importlib.util import find_spec
from types import ModuleType

from lamplighter_agent.backends.select_process import few_arenas, trim_memory

__all__ = ["do_without", "do_without_parts", "few_arenas", "give_back", "let_go", "stay_small"]

QUIET_SECONDS = 5.0
"""So long after a start, or after new lists, what they needed is over."""
AGAIN_SECONDS = 30.0
"""So often what was done once meanwhile is let go of: a heartbeat, a delivery, a page that was shown."""
UNUSED = ("ssl", "_hashlib", "rich")
UNUSED_PARTS = ("rapidfuzz.fuzz", "rapidfuzz.process", "rapidfuzz.utils")
_MESSAGES_IN_PYTHON = "google.protobuf.internal.python_message"
_MESSAGES_IN_C = "google._upb._message"


def do_without() -> None:
    """Make imports of what is unused fail, as if it were not installed. Before anything else is imported."""
    for name in UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    do_without_parts()
    if _messages_in_c():
        sys.modules.setdefault(_MESSAGES_IN_PYTHON, ModuleType(_MESSAGES_IN_PYTHON))


def do_without_parts() -> None:
    """Stand in for the unused parts of what is used: their package insists on having them."""
    for name in UNUSED_PARTS:
        sys.modules.setdefault(name, ModuleType(name))


def _messages_in_c() -> bool:
    """Say whether they are there: without a wheel for the processor, those in Python are all there is."""
    try:
        return find_spec(_MESSAGES_IN_C) is not None
    except ModuleNotFoundError:
        # Not even their package.
        return False


def give_back() -> None:
    """Return to the system what starting up needed and running does not."""
    gc.collect()
    gc.freeze()
    let_go()


def let_go() -> None:
    """Return to the system what nothing uses just now."""
    trim_memory()


async def stay_small() -> None:
    """Give back when the start is over, then let go again and again, until cancelled."""
    # Not before `do_without`.
    import asyncio  # noqa: PLC0415

    await asyncio.sleep(QUIET_SECONDS)
    give_back()
    while True:
        await asyncio.sleep(AGAIN_SECONDS)
        let_go()
