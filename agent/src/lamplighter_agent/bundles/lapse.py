"""Makes the matcher anew on the day on which one of the school's changes of the lists ends.

Every change ends (`lamplighter_keywords.authoring.overrides`). A laptop that hears nothing from the collector
for weeks must not go on without a term that the school left out for a month. A clock may be set while we
wait, so that the day is looked at once an hour; where no change ends, nothing wakes up. Lives on the loop.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import structlog

from lamplighter_agent.bundles.store import Ready, today_of
from lamplighter_agent.clock import Clock

LOOK_SECONDS: Final = 3_600.0
_log = structlog.get_logger(__name__)


class Lapse:
    """`taken` is called with what holds from then on, and must call `follow` as for every bundle."""

    def __init__(
        self, clock: Clock, taken: Callable[[Ready], None], *, look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._clock = clock
        self._taken = taken
        self._look_seconds = look_seconds
        self._ready: Ready | None = None
        self._changed = asyncio.Event()

    def follow(self, ready: Ready) -> None:
        """From now on this is what is judged by."""
        # Lists of which no change ends are kept by nobody, once there is a matcher of them.
        self._ready = ready if ready.until else None
        self._changed.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self._changed.clear()
            ready = self._ready
            if ready is None or ready.until is None:
                await self._changed.wait()
            elif (today := today_of(self._clock)) < ready.until:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._look_seconds):
                        await self._changed.wait()
            else:
                made = await asyncio.to_thread(Ready.of, ready.bundle, today)
                # Unless a newer bundle came while it was made.
                if self._ready is ready:
                    _log.info("overrides_ended", version=ready.bundle.manifest.version)
                    self._taken(made)
