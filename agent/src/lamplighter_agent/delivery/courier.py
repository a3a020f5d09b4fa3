"""Carries leased records to the collector: lease -> batch -> receipts -> commit, quarantine or rollback.

For the composition::

    spool = SpoolWorker(Spool.open(...))
    courier = Courier(spool, MutualTls(...).open, clock=clock, backoff=Backoff(BackoffSettings()),
    health=health) task = asyncio.create_task(courier.run())     cancel it to stop; leased records go back

Nothing polls. The stream is opened at the start and stays open, also with nothing to send: by its end the
collector tells a device at once that it was revoked. With nothing to send the courier waits for
`spool.changed`, and for the end of a bucket of repeats if there is one. After a renewal `reconnect` has the
stream made anew with the new certificate; what was on its way is sent again. Up to four batches are on their
way, one while batches are small after trouble. The collector answers in order, each receipt only after its
commit, so whatever is not answered when a stream breaks is rolled back and sent again: the collector knows it
by its id.

A batch that the collector refuses whole is sent again in smaller ones until the one record is alone, and set
aside. Nothing else ever lets go of a record.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import grpc
import structlog
from lamplighter_protos.v1.ingest_pb2 import DeliverBatch, DeliverReceipts, Outcome
from lamplighter_protos.v1.ingest_pb2_grpc import IngestStub

from lamplighter_agent.clock import Clock
from lamplighter_agent.delivery.backoff import Backoff
from lamplighter_agent.delivery.channel import ready
from lamplighter_agent.delivery.status_map import error_of
from lamplighter_agent.errors import (
    CollectorBusy,
    CollectorUnreachable,
    DeliveryError,
    DetectionRefused,
    IdentityRevoked,
    NotEnrolled,
    SpoolError,
)
from lamplighter_agent.health import Count, DeliveryState, Health
from lamplighter_agent.spool.lease import Lease
from lamplighter_agent.spool.worker import SpoolWorker

_log = structlog.get_logger(__name__)
BATCH_RECORDS = 100
BATCH_BYTES = 1024 * 1024
_IN_FLIGHT = 4
# A bucket's end is looked at a moment late rather than a moment early.
_LATE_SECONDS = 0.05
# How long a reconnection waits for the answers that are due.
_ANSWER_SECONDS = 5.0
# A stream that lived so long was no failed attempt.
_LONG_SECONDS = 60.0
# After what goes beside delivery failed.
BESIDE_AGAIN_SECONDS = 10.0

_Beside = Callable[[grpc.aio.Channel], Coroutine[Any, Any, None]]
Call = grpc.aio.StreamStreamCall[DeliverBatch, DeliverReceipts]


class Courier:
    """See the module. `connect` returns a new channel or raises NotEnrolled."""

    def __init__(
        self,
        spool: SpoolWorker,
        connect: Callable[[], grpc.aio.Channel],
        *,
        clock: Clock,
        backoff: Backoff,
        health: Health,
        refused: Callable[[str], None] = lambda _reason: None,
    ) -> None:
        """Take what it works with; `refused` is told the reason when the collector ends this device."""
        self._spool = spool
        self._connect = connect
        self._clock = clock
        self._backoff = backoff
        self._health = health
        self._refused = refused
        # What else goes over each connection, for as long as it lives.
        self.beside: _Beside | None = None
        self._limit = BATCH_RECORDS
        self._batch = 0
        self._anew = asyncio.Event()
        self._answered = False
        self._room = asyncio.Event()
        # Sent and not answered, oldest first.
        self._unanswered: dict[int, Lease] = {}

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            self._anew.clear()
            try:
                await self._session()
                self._health.delivery_is(DeliveryState.IDLE)
            except (DeliveryError, SpoolError) as error:
                seconds = self._wait_after(error)
            else:
                continue
            # Not inside the handler: an error that is alive keeps its channel alive.
            await self._pause(seconds)

    def reconnect(self) -> None:
        """Make the connection anew, now, also out of a wait after a failure."""
        self._anew.set()

    async def _pause(self, seconds: float) -> None:
        waking = asyncio.create_task(self._anew.wait(), name="reconnect")
        try:
            await asyncio.wait({waking}, timeout=seconds)
        finally:
            waking.cancel()

    def _wait_after(self, error: DeliveryError | SpoolError) -> float:
        """Note a failure; returns the seconds to wait."""
        if isinstance(error, (NotEnrolled, IdentityRevoked)):
            self._health.delivery_is(DeliveryState.NO_IDENTITY, str(error))
            seconds = self._backoff.longest()
            if isinstance(error, IdentityRevoked) and error.reason:
                self._refused(error.reason)
        else:
            self._health.delivery_is(DeliveryState.WAITING, str(error))
            asked = error.retry_after_seconds if isinstance(error, CollectorBusy) else None
            seconds = self._backoff.next(asked)
        _log.warning("delivery_failed", problem=str(error), retry_seconds=round(seconds, 1))
        return seconds

    async def _wait_for_change(self) -> None:
        due = await self._spool.next_due()
        seconds = None
        if due is not None:
            seconds = max(0.0, (due - self._clock.now()).total_seconds()) + _LATE_SECONDS
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._spool.changed.wait()

    async def _session(self) -> None:
        """One connection, one stream; returns when the collector ends it in order and all is answered."""
        channel = self._connect()
        self._answered = False
        began = self._clock.monotonic()
        try:
            await ready(channel)
            self._health.delivery_is(DeliveryState.CONNECTED)
            async with _accompanied(channel, self.beside):
                await self._exchange(IngestStub(channel).Deliver())
        except grpc.aio.AioRpcError as error:
            raise await self._broken(error_of(error)) from error
        except asyncio.InvalidStateError as error:
            # A write to a stream that had just ended in order.
            raise CollectorUnreachable("the stream ended before a batch was sent") from error
        finally:
            if self._clock.monotonic() - began > _LONG_SECONDS:
                self._backoff.reset()
            for lease in self._unanswered.values():
                self._spool.rollback(lease)
            self._unanswered.clear()
            await channel.close()
        if not self._answered and not self._anew.is_set():
            raise CollectorUnreachable("the collector ended the stream without an answer")

    async def _exchange(self, call: Call) -> None:
        receiving = asyncio.create_task(self._receive(call), name="receipts")
        sending = asyncio.create_task(self._send(call), name="batches")
        anew = asyncio.create_task(self._anew.wait(), name="reconnect")
        try:
            # The receiver knows why a stream ended; the sender only that it did.
            await asyncio.wait({receiving, sending, anew}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done() and isinstance(sending.exception(), asyncio.InvalidStateError):
                await asyncio.wait({receiving})
            if anew.done():
                sending.cancel()
                await self._all_answered(receiving)
        finally:
            call.cancel()
            for task in (sending, receiving, anew):
                task.cancel()
            await asyncio.gather(receiving, sending, anew, return_exceptions=True)
        try:
            for task in (receiving, sending):
                if not task.cancelled():
                    task.result()
        finally:
            # A traceback that holds its own task keeps the channel, and its thread, until a collection.
            del task, receiving, sending

    async def _all_answered(self, receiving: asyncio.Task[None]) -> None:
        """Let what was sent be answered, for a moment: what is not is sent again."""
        while self._unanswered and not receiving.done():
            self._room.clear()
            answered = asyncio.create_task(self._room.wait(), name="answered")
            done, _ = await asyncio.wait(
                {receiving, answered}, timeout=_ANSWER_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            answered.cancel()
            if not done:
                return

    async def _send(self, call: Call) -> None:
        while True:
            while len(self._unanswered) >= (_IN_FLIGHT if self._limit == BATCH_RECORDS else 1):
                self._room.clear()
                await self._room.wait()
            self._spool.changed.clear()
            lease = await self._spool.lease(self._limit, BATCH_BYTES)
            if not lease.records:
                await self._wait_for_change()
                continue
            self._batch += 1
            self._unanswered[self._batch] = lease
            detections = [record.payload for record in lease.records]
            await call.write(DeliverBatch(batch=self._batch, detections=detections))

    async def _receive(self, call: Call) -> None:
        while True:
            # No timeout around this read: a cancelled read leaks in grpc.aio; keepalive finds a dead path.
            receipts = await call.read()
            if not isinstance(receipts, DeliverReceipts):
                if self._unanswered:
                    raise CollectorUnreachable("the stream ended before every batch was answered")
                return
            await self._settle(receipts)
            self._room.set()

    async def _settle(self, answer: DeliverReceipts) -> None:
        lease = self._unanswered.get(answer.batch)
        if lease is None:
            raise CollectorUnreachable("receipts for a batch that was not sent")
        outcomes = {receipt.index: receipt for receipt in answer.receipts}
        stored: list[bytes] = []
        for index, record in enumerate(lease.records):
            receipt = outcomes.get(index)
            if receipt is None:
                continue
            if receipt.outcome in (Outcome.OUTCOME_ACCEPTED, Outcome.OUTCOME_DUPLICATE):
                stored.append(record.id)
                accepted = receipt.outcome == Outcome.OUTCOME_ACCEPTED
                self._health.count(Count.DELIVERED if accepted else Count.DUPLICATE)
            elif receipt.outcome == Outcome.OUTCOME_REFUSED:
                self._health.count(Count.REFUSED)
                await self._spool.quarantine(lease, record.id, receipt.reason)
        await self._spool.commit(lease, stored)
        if lease.open:
            raise CollectorUnreachable("a batch was answered in part")
        del self._unanswered[answer.batch]
        self._answered = True
        self._backoff.reset()
        self._limit = min(BATCH_RECORDS, self._limit * 2)

    async def _broken(self, error: DeliveryError) -> DeliveryError:
        """After a stream broke: make the next batches smaller, to single out a record that did it.

        Whatever the status is: grpc.aio puts INTERNAL in the place of the collector's status when the stream
        breaks while it writes. Only a record that was alone and refused in so many words is set aside.
        """
        for number, lease in self._unanswered.items():
            if len(lease.records) > 1:
                self._limit = max(1, min(self._limit, len(lease.records)) // 2)
            elif isinstance(error, DetectionRefused):
                self._health.count(Count.REFUSED)
                await self._spool.quarantine(lease, lease.records[0].id, error.reason)
                del self._unanswered[number]
            break
        return error


@contextlib.asynccontextmanager
async def _accompanied(channel: grpc.aio.Channel, beside: _Beside | None) -> AsyncIterator[None]:
    """Have something else go over a connection for as long as ours does; its failure is not ours."""
    if beside is None:
        yield
        return
    task = asyncio.create_task(_again_and_again(beside, channel), name="beside delivery")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        # A traceback that holds its own task keeps the channel, and its thread, until a collection.
        del task


async def _again_and_again(beside: _Beside, channel: grpc.aio.Channel) -> None:
    """Tell at once what it failed with, by its kind, and have it begin again after a moment."""
    while True:
        try:
            await beside(channel)
        except Exception as error:  # noqa: BLE001 - whatever it is, a device must not fall silent by it
            _log.error("beside_failed", problem=type(error).__name__)
        else:
            return
        await asyncio.sleep(BESIDE_AGAIN_SECONDS)
