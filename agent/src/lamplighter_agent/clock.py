"""Time as a port: the wall for records, the monotonic clock for waits. Tests bring their own."""

import time
from datetime import UTC, datetime
from typing import Final, Protocol

_STEP_SECONDS: Final = 2.0


class Clock(Protocol):
    """What the agent knows of time."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def in_step(now: float, seconds: float) -> float:
    """Return how long to wait on a beat: as long as asked or less by under two seconds, never longer.

    It ends with a whole step of the monotonic clock, so that beats of one process fall together: one wake-up
    does for all of them. What is shorter than a step is left as it is.
    """
    if seconds < _STEP_SECONDS:
        return seconds
    return (now + seconds) // _STEP_SECONDS * _STEP_SECONDS - now
