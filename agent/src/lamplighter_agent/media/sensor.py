"""Runs the watch for portable media in the service, and starts it again when it broke.

It tells the gate, which must know of every medium whether or not anything may be recorded of it.

A medium that came and went while the watch was down is not known, so each break is a counted loss. What was
in before the break and still is would be told again by the new watch; it is known here and is no arrival.

A watch that goes on without something it needs (udev's daemon) does not work as long as that is away: it is
asked on a beat, since a dead daemon tells nobody.
"""

import asyncio
from collections.abc import Callable

from lamplighter_agent.backends.media_ports import MediaChange, MediaWatch, Medium
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.clock import in_step
from lamplighter_agent.errors import BackendUnavailable

SENSOR = "portable media"
AGAIN_SECONDS = 5.0
# How soon it is said that a daemon died, or is back.
BEAT_SECONDS = 4.0


class MediaSensor:
    """Used on the loop only. `state` is what `status` shows."""

    def __init__(
        self,
        watch: MediaWatch,
        *,
        changed: Callable[[MediaChange], None],
        lost: Callable[[], None],
        told: Callable[[], None],
    ) -> None:
        """`changed` gets each arrival and removal, `lost` each break, `told` each change of `state`."""
        self._watch = watch
        self._changed = changed
        self._lost = lost
        self._told = told
        self._present: dict[str, Medium] = {}
        self._found: set[str] = set()
        self._broken = asyncio.Event()
        self.state = SensorState(sensor=SENSOR, working=False, backend=watch.name, reason="starting")

    async def run(self) -> None:
        """Watch until cancelled."""
        try:
            while True:
                self._broken.clear()
                self._found.clear()
                try:
                    await self._watch.start(self._seen, self._failed)
                except BackendUnavailable as error:
                    self._is(error)
                else:
                    self._forget_what_went()
                    if await self._watched():
                        await self._watch.stop()
                        continue
                await self._watch.stop()
                await asyncio.sleep(AGAIN_SECONDS)
        finally:
            await self._watch.stop()

    async def _watched(self) -> bool:
        """Watch until that is over; True where it begins again at once: what it lacked is back."""
        lacks = self._watch.lacks()
        self._is(lacks)
        while not await self._broke():
            lacked, lacks = lacks, self._watch.lacks()
            if lacks is None and lacked is not None:
                return True
            if lacked is None and lacks is not None:
                self._is(lacks)
        return False

    async def _broke(self) -> bool:
        """Wait for one beat; say whether the watch broke."""
        broken = asyncio.create_task(self._broken.wait(), name="portable media's beat")
        try:
            beat = in_step(asyncio.get_running_loop().time(), BEAT_SECONDS)
            await asyncio.wait({broken}, timeout=beat)
        finally:
            broken.cancel()
        return self._broken.is_set()

    def _seen(self, change: MediaChange) -> None:
        key = change.medium.key
        self._found.add(key)
        if change.present and self._present.get(key) == change.medium:
            return
        if change.present:
            self._present[key] = change.medium
        else:
            self._present.pop(key, None)
        self._changed(change)

    def _forget_what_went(self) -> None:
        """After a break: what is not there any more was removed meanwhile."""
        for key in set(self._present) - self._found:
            medium = self._present.pop(key)
            self._changed(MediaChange(medium=medium, present=False, route="missing after a break"))

    def _failed(self, error: BackendUnavailable) -> None:
        self._is(error)
        self._lost()
        self._broken.set()

    def _is(self, error: BackendUnavailable | None) -> None:
        self.state = SensorState(
            sensor=SENSOR,
            working=error is None,
            backend=self._watch.name,
            reason="" if error is None else error.reason,
            remedy="" if error is None else error.remedy,
        )
        self._told()
