"""What a small process does that acts when the service has ended: it waits, and remembers what for.

Its standard input is a pipe whose other end only the service has, so the kernel ends it with the service,
however that ended. Each line before that is a name with a plus or a minus in front; what a name says is up to
the process. Before it waits it says by a byte on its standard output that it is ready, and says nothing more.
`keeper.py` starts it. It imports next to nothing, as it lives as long as a medium is released.
"""

import contextlib
import os
import sys
from collections.abc import Iterable

READY = b"\n"
_SAID = 1


def kept(lines: Iterable[str]) -> list[str]:
    """Return the names that were told last with a plus, in the order they were. Pure."""
    found: dict[str, None] = {}
    for line in lines:
        sign, name = line[:1], line[1:].strip()
        if sign == "+" and name:
            found[name] = None
        elif sign == "-":
            found.pop(name, None)
    return list(found)


def kept_at_the_end(first: int = 3) -> list[str]:
    """Wait for the end and return what is kept then.

    Descriptors from `first` on are closed before: none of the service's own may outlive it here.
    """
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))
    _say_ready()
    return kept(sys.stdin)


def _say_ready() -> None:
    """Say it, and have what is said later go nowhere: whoever would read it is gone by then."""
    # A service that was killed before hears nothing any more; it is acted for all the same.
    with contextlib.suppress(OSError):
        os.write(_SAID, READY)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _SAID)
    os.close(nowhere)
