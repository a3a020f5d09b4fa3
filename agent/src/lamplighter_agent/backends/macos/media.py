"""Portable media on a Mac: told by Disk Arbitration and by news of USB devices, and looked at by `diskutil`.

Whatever wakes us, everything is looked at, so that an event told twice changes nothing. A phone or a camera
is no disk, and what a person unlocks makes no event of one, so now and then it is looked at without any.

The same session of Disk Arbitration refuses to mount portable media, for everybody but root's own `mount`
(`media_guard.py`). Never ran on a Mac.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from lamplighter_agent.backends.macos.media_system import DiskNews, Disks
from lamplighter_agent.backends.macos.medium_rule import may_be_mounted, media_of
from lamplighter_agent.backends.media_changes import MediaSeen
from lamplighter_agent.backends.media_ports import MediaChange, Medium
from lamplighter_agent.backends.ports import Failed
from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.errors import BackendUnavailable

SETTLE_S: Final = 0.3
LOOKS_EVERY_S: Final = 5.0
_AT_START, _EVENT = "present at the start", "Disk Arbitration"


class MacMedia:
    """Fills `MediaWatch`. The Mac is asked on threads; everything else is on the loop."""

    name = "Disk Arbitration, diskutil and ioreg"

    def __init__(self, news: DiskNews, disks: Disks, *, looks_every_s: float = LOOKS_EVERY_S) -> None:
        self._news = news
        self._disks = disks
        self._looks_every_s = looks_every_s
        self._sink: Callable[[MediaChange], None] | None = None
        self._failed: Failed | None = None
        self._seen = MediaSeen()
        self._woken = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    async def start(self, sink: Callable[[MediaChange], None], failed: Failed) -> None:
        """Listen, then tell of what is in already: nothing that comes in between is missed."""
        post = poster()
        self._woken.clear()
        try:
            await asyncio.to_thread(self._news.start, lambda: post(self._woken.set), may_be_mounted)
            self._sink, self._failed = sink, failed
            await self._look(_AT_START)
        except OSError as error:
            await self.stop()
            raise _unavailable(error) from error
        except BackendUnavailable:
            await self.stop()
            raise
        self._looking = asyncio.create_task(self._keep_looking(), name="portable media of a Mac")

    async def stop(self) -> None:
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        await asyncio.to_thread(self._news.stop)
        self._seen.clear()
        self._sink = self._failed = None

    async def _keep_looking(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._looks_every_s):
                    await self._woken.wait()
                await asyncio.sleep(SETTLE_S)
            except TimeoutError:
                pass
            self._woken.clear()
            try:
                await self._look(_EVENT)
            except OSError as error:
                # What came and went meanwhile is not known, so this is a failed sensor.
                failed, self._failed, self._sink = self._failed, None, None
                if failed is not None:
                    failed(_unavailable(error))
                return

    async def _look(self, route: str) -> None:
        self._seen.look(await asyncio.to_thread(self._now), route, self._tell)

    def _now(self) -> list[Medium]:
        return list(media_of(self._disks.registry(), self._disks.listed(), self._disks.about))

    def _tell(self, change: MediaChange) -> None:
        if self._sink is not None:
            self._sink(change)


def _unavailable(error: OSError) -> BackendUnavailable:
    reason = error.strerror or type(error).__name__
    return BackendUnavailable("MediaWatch", reason, "start the service as root, on macOS 13 or newer")
