"""When a process started and how long Windows ran: what its kernel says of both."""

from lamplighter_agent.backends.windows._kernel32 import Kernel32
from lamplighter_agent.errors import BackendUnavailable


def started_at(pid: int) -> int | None:
    """Return when it started, in 100 ns since 1601; None where it is gone or may not be asked."""
    try:
        return Kernel32().started(pid)
    except BackendUnavailable:
        return None


def running_seconds() -> float:
    """Return the seconds since Windows was started, those asleep among them."""
    return Kernel32().running_ms() / 1000


def slept_seconds() -> float:
    """Return how long it slept of those."""
    kernel32 = Kernel32()
    return max(0.0, kernel32.running_ms() / 1000 - kernel32.awake_seconds())
