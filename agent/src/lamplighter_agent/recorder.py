"""Brings detections and losses into the spool, in order, without ever making the loop wait for a disk.

The queue is bounded: what finds it full is counted as a loss; what the spool has no room for, the spool
counts itself. `finish` returns when everything that was handed over is stored or counted.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.clock import Clock
from lamplighter_agent.detection import Detection
from lamplighter_agent.errors import SpoolError
from lamplighter_agent.health import Count, Health
from lamplighter_agent.losses import LossLedger, Reason
from lamplighter_agent.spool.entry import StoredDetection

QUEUED = 4096


class Store(Protocol):
    """What the recorder needs of the spool."""

    async def append(self, detection: StoredDetection) -> bytes | None:
        """Return the id once the detection is on disk; None where it is a repeat, durably counted."""
        ...

    async def count_loss(self, reason: Reason, count: int = 1, *, first: datetime | None = None) -> None:
        """Make a loss durable."""
        ...


def weight_of(detection: Detection) -> int:
    """How little the spool may drop it: a press of the help button never goes for something newer."""
    return 5 if detection.source == pb.SOURCE_HELP_BUTTON else detection.severity


class Recorder:
    """The way into the spool. `stored` is told each id as soon as it is on disk."""

    def __init__(
        self,
        store: Store,
        *,
        organisation: str,
        clock: Clock,
        ledger: LossLedger,
        health: Health,
        stored: Callable[[bytes], None],
    ) -> None:
        self._store = store
        self._organisation = organisation
        self._clock = clock
        self._ledger = ledger
        self._health = health
        self._stored = stored
        self._queue: asyncio.Queue[StoredDetection] = asyncio.Queue(QUEUED)
        self._something = asyncio.Event()
        self._finishing = False

    def record(self, detection: Detection) -> None:
        """Take a detection to be stored."""
        stored = StoredDetection(
            id=detection.id,
            user=detection.user,
            term=detection.term,
            severity=weight_of(detection),
            observed_at=detection.observed_at,
            payload=detection.message(self._organisation).SerializeToString(),
        )
        try:
            self._queue.put_nowait(stored)
        except asyncio.QueueFull:
            self.lost(pb.LossNotice.REASON_INPUT_OVERFLOW, 1)
        self._something.set()

    def lost(self, reason: Reason, count: int) -> None:
        """Take a loss to be counted."""
        self._ledger.add(reason, self._clock.now(), count)
        self._something.set()

    async def run(self) -> None:
        """Store until `finish`."""
        while True:
            self._something.clear()
            stored = await self._store_waiting()
            losses = self._ledger.take(self._clock.now(), everything=self._finishing)
            for loss in losses:
                await self._store.count_loss(loss.reason, loss.count, first=loss.first)
            if stored or losses:
                continue
            if self._finishing:
                return
            await self._wait()

    async def finish(self, running: asyncio.Task[None]) -> None:
        """Let `run` store what is left and end; also after it failed.

        Each further try takes something out of what waits, so there is a last one.
        """
        self._finishing = True
        self._something.set()
        (failed,) = await asyncio.gather(running, return_exceptions=True)
        while failed is not None and self._something_waits():
            (failed,) = await asyncio.gather(self.run(), return_exceptions=True)

    def _something_waits(self) -> bool:
        return not self._queue.empty() or self._ledger.wait_seconds(self._clock.now()) is not None

    async def _store_waiting(self) -> bool:
        """Store what waits, one by one: a failure must not take others with it."""
        waiting = self._queue.qsize()
        for _ in range(waiting):
            detection = self._queue.get_nowait()
            try:
                stored = await self._store.append(detection)
            except SpoolError:
                # The spool has counted it already.
                continue
            except Exception:
                self.lost(pb.LossNotice.REASON_SPOOL_DAMAGED, 1)
                raise
            self._health.count(Count.REPEATED if stored is None else Count.STORED)
            if stored is not None:
                self._stored(stored)
        return waiting > 0

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._ledger.wait_seconds(self._clock.now())):
                await self._something.wait()
        except TimeoutError:
            return
