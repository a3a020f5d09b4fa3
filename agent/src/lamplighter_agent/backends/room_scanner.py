"""Scans portable media where a mount is seen by everybody: in a folder of the service's own, one at a time.

For macOS and Windows, which have no mount that one process alone sees. A process of its own looks through
what is mounted there (`scan_child`). Whatever goes wrong on the way, nothing is clean, and whoever is
cancelled leaves only when the volume is out of the folder again.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.backends.scan_child import carried_out
from lamplighter_agent.backends.scanner_state import state_of
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits, ScanOutcome, gravest

T = TypeVar("T")


class Room(Protocol):
    """A folder that nobody but the service comes into, for one volume at a time. On any thread."""

    def put_in(self, volume: Volume) -> None:
        """Mount a volume there, out of whoever else holds it.

        Raises:
            FileNotFoundError: it went.
            OSError: it can't be mounted.
        """
        ...

    def same(self, volume: Volume) -> Reason:
        """Return CLEAN where it is still that volume which is there, else what became of it."""
        ...

    def take_out(self, volume: Volume) -> Reason:
        """Unmount it and give it back to whoever held it; CLEAN, or what went wrong.

        Called once for each `put_in`, also for one that failed half way.
        """
        ...


class RoomScanner:
    """Fills `MediaScanner`. One scan at a time, since there is one folder."""

    def __init__(
        self, room: Room, order: Order, command: Sequence[str], *, engine: str, remedies: Mapping[Reason, str]
    ) -> None:
        """Take the process that scans, what it is told each time, and what to do about its `engine`."""
        self.name = engine
        self._room = room
        self._order = order
        self._command = command
        self._remedies = remedies
        self._one_at_a_time = asyncio.Lock()

    def prepare(self) -> None:
        """Nothing is to be made ready."""

    async def scan(
        self,
        volume: Volume,
        progress: Callable[[int, int], None],
        *,
        limits: ScanLimits | None = None,
        known: str = "",
    ) -> ScanOutcome:
        order = replace(self._order, known=known, limits=limits or ScanLimits())
        async with self._one_at_a_time:
            try:
                outcome = await self._in_room(volume, order, progress)
            finally:
                left = await _to_its_end(self._room.take_out, volume)
        return replace(outcome, reason=gravest(outcome.reason, left))

    async def _in_room(
        self, volume: Volume, order: Order, progress: Callable[[int, int], None]
    ) -> ScanOutcome:
        try:
            await _to_its_end(self._room.put_in, volume)
        except FileNotFoundError:
            return ScanOutcome(reason=Reason.MEDIUM_GONE)
        except OSError:
            return ScanOutcome(reason=Reason.NOT_MOUNTABLE)
        outcome = await carried_out(self._command, order, progress)
        same = await _to_its_end(self._room.same, volume)
        return replace(outcome, reason=gravest(outcome.reason, same))

    async def state(self, limits: ScanLimits | None = None) -> SensorState:
        order = replace(self._order, ask_only=True, limits=limits or ScanLimits())
        outcome = await carried_out(self._command, order, lambda _files, _size: None)
        return state_of(outcome, self.name, self._remedies)


async def _to_its_end(call: Callable[[Volume], T], volume: Volume) -> T:
    """Call it beside the loop. Who is cancelled meanwhile leaves behind its end: it can't be stopped."""
    called = asyncio.get_running_loop().run_in_executor(None, call, volume)
    try:
        return await asyncio.shield(called)
    except asyncio.CancelledError:
        while not called.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({called})
        raise
