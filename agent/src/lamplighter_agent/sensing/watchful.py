"""Sensing that looks after itself: it notices a silent key source, and begins anew after a suspend.

A connection can outlive a suspend and be dead all the same, and nobody would tell; so every sensor is stopped
and started when the device wakes up. All methods run on the event loop.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from lamplighter_agent.backends.ports import Activity, SensorState
from lamplighter_agent.clock import Clock
from lamplighter_agent.observation import UnseenReason
from lamplighter_agent.sensing.desktop import DesktopSensing, Unseen
from lamplighter_agent.sensing.silence import LOOK_SECONDS, Silence

# How often what was counted is told where nothing else is.
TELL_LOOKS: Final = 6
# What the two clocks may differ by without a suspend between two looks.
_SLEPT_SECONDS: Final = 1.0


class WatchfulSensing:
    """Fulfils the session's `Sensing` by another one."""

    def __init__(
        self,
        sensing: DesktopSensing,
        activity: Activity,
        *,
        clock: Clock,
        unseen: Unseen,
        look_seconds: float = LOOK_SECONDS,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """Take what senses; `changed` is called when everything was started anew after a suspend.

        It is also called once in `TELL_LOOKS` looks where `states()` has other counts.
        """
        self._sensing = sensing
        self._activity = activity
        self._clock = clock
        self._unseen = unseen
        self._look_seconds = look_seconds
        self._changed = changed
        self._slept = 0.0
        self._watching: asyncio.Task[None] | None = None

    async def start(self, *, typed: bool = True, titles: bool = True) -> None:
        """Start the sensors and look after them."""
        self._slept = self._activity.slept_seconds()
        await self._sensing.start(typed=typed, titles=titles)
        self._watching = asyncio.create_task(self._watch(typed=typed, titles=titles), name="watchful")
        self._watching.add_done_callback(self._watched)

    async def stop(self) -> None:
        """Stop both."""
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        self._activity.close()
        await self._sensing.stop()

    def states(self) -> list[SensorState]:
        return self._sensing.states()

    def _watched(self, watching: asyncio.Task[None]) -> None:
        # Nobody waits for it: without this a failure would be seen only by whoever misses a record.
        if not watching.cancelled() and watching.exception() is not None:
            self._unseen(UnseenReason.SENSOR_FAILED, 1)
            self._changed()

    async def _watch(self, *, typed: bool, titles: bool) -> None:
        silence, looks, told = Silence(), 0, self.states()
        while True:
            await asyncio.sleep(self._look_seconds)
            looks += 1
            if looks % TELL_LOOKS == 0 and told != (told := self.states()):
                self._changed()
            now = self._activity.slept_seconds()
            if now - self._slept > _SLEPT_SECONDS:
                self._activity.close()
                await self._sensing.stop()
                await self._sensing.start(typed=typed, titles=titles)
                self._changed()
            self._slept = now
            if not self._sensing.keys_working:
                # That is told already.
                continue
            idle = self._activity.keyboard_idle_ms()
            if silence.look(idle_ms=idle, events=self._sensing.events, now=self._clock.monotonic()):
                self._unseen(UnseenReason.SENSOR_SILENT, 1)
