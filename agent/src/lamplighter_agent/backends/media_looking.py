"""Watches portable media on systems whose events say that something changed, and not what.

Whatever wakes us, everything is looked at, so that an event told twice changes nothing.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

from lamplighter_agent.backends.media_changes import MediaSeen
from lamplighter_agent.backends.media_ports import MediaChange, Medium
from lamplighter_agent.backends.ports import Failed
from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.errors import BackendUnavailable

# Of one stick come several events, and its volumes a moment after it.
SETTLE_S: Final = 0.3
_AT_START: Final = "present at the start"


class LookedAtMedia(ABC):
    """Fills `MediaWatch`. The system is asked on threads, one at a time; everything else is on the loop."""

    # How a change became known, and what to do where the system can't be asked.
    ROUTE: str
    REMEDY: str

    def __init__(self) -> None:
        self._sink: Callable[[MediaChange], None] | None = None
        self._failed: Failed | None = None
        self._seen = MediaSeen()
        self._woken = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    @abstractmethod
    async def _listen(self, changed: Callable[[], None]) -> None:
        """Have `changed` called on any thread; raises OSError, and BackendUnavailable."""

    @abstractmethod
    async def _deafen(self) -> None:
        """End that; nothing where it never began."""

    @abstractmethod
    def _now(self) -> list[Medium]:
        """Return what is in; may take long. Raises OSError."""

    @abstractmethod
    def _seconds(self) -> float | None:
        """Return after how long it is looked at without an event; None: not at all."""

    async def start(self, sink: Callable[[MediaChange], None], failed: Failed) -> None:
        """Listen, then tell of what is in already: nothing that comes in between is missed."""
        post = poster()
        self._woken.clear()
        try:
            await self._listen(lambda: post(self._woken.set))
            self._sink, self._failed = sink, failed
            await self._look(_AT_START)
        except OSError as error:
            await self.stop()
            raise self._unavailable(error) from error
        except BackendUnavailable:
            await self.stop()
            raise
        self._looking = asyncio.create_task(self._keep_looking(), name="portable media")

    def lacks(self) -> BackendUnavailable | None:
        """Nothing that it could go on without."""
        return None

    async def stop(self) -> None:
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        await self._deafen()
        self._seen.clear()
        self._sink = self._failed = None

    async def _keep_looking(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._seconds()):
                    await self._woken.wait()
                await asyncio.sleep(SETTLE_S)
            except TimeoutError:
                pass
            self._woken.clear()
            try:
                await self._look(self.ROUTE)
            except OSError as error:
                # What came and went meanwhile is not known, so this is a failed sensor.
                failed, self._failed, self._sink = self._failed, None, None
                if failed is not None:
                    failed(self._unavailable(error))
                return

    async def _look(self, route: str) -> None:
        self._seen.look(await asyncio.to_thread(self._now), route, self._tell)

    def _tell(self, change: MediaChange) -> None:
        if self._sink is not None:
            self._sink(change)

    def _unavailable(self, error: OSError) -> BackendUnavailable:
        return BackendUnavailable("MediaWatch", error.strerror or type(error).__name__, self.REMEDY)
