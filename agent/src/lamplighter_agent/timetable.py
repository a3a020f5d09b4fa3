"""Tells when the hours of the device policy begin or end.

Looked at every few minutes besides, since a wall clock may be set at any time.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from lamplighter_agent.clock import Clock

LOOK_SECONDS: Final = 300.0
# A moment late rather than a moment early.
_LATE: Final = timedelta(milliseconds=50)


def local_now(clock: Clock) -> datetime:
    """Return the device's own wall time, naive."""
    return clock.now().astimezone().replace(tzinfo=None)


class Timetable:
    """One task for the life of the service. `due` says what comes after a time; `look` is called then."""

    def __init__(
        self,
        clock: Clock,
        *,
        due: Callable[[datetime], datetime | None],
        look: Callable[[], None],
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._clock = clock
        self._due = due
        self._look = look
        self._longest = timedelta(seconds=look_seconds)
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Take another policy into account."""
        self._changed.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            now = local_now(self._clock)
            due = self._due(now)
            wait = self._longest if due is None else min(self._longest, due - now + _LATE)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait.total_seconds()):
                    await self._changed.wait()
            self._changed.clear()
            self._look()
