"""``Ingest.Deliver``: batches in, receipts out, one batch of a stream at a time.

The next batch is read only after the receipts of the last one were written, so a device that floods waits in
its own TCP window. Raw bytes reach this handler: a broken item costs itself and not the stream.
Authentication is here and not in an interceptor, since those leak on long streams.
"""

import asyncio
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

import grpc
import structlog
from lamplighter_protos.v1 import ingest_pb2

from lamplighter_collector.clock import now_ms
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.errors import Refused
from lamplighter_collector.ingest.arrival import Arrival, arrival_of
from lamplighter_collector.ingest.detection import Item, Loss
from lamplighter_collector.ingest.mapping import item_from
from lamplighter_collector.ingest.privacy import Privacy
from lamplighter_collector.ingest.writer import Fate, Writer
from lamplighter_collector.rpc import limits
from lamplighter_collector.rpc.admission import Admission, Stream
from lamplighter_collector.rpc.status_map import guarded

_log = structlog.get_logger()
_OUTCOMES: Final = {
    Fate.NEW: ingest_pb2.OUTCOME_ACCEPTED,
    Fate.KNOWN: ingest_pb2.OUTCOME_DUPLICATE,
}
_NOT_STORABLE: Final = "the store can't hold it"

_END = type(grpc.aio.EOF)


class Deliver:
    """The handler of one collector, shared by all its streams."""

    def __init__(self, writer: Writer, admission: Admission, privacy: Privacy) -> None:
        self._writer = writer
        self._admission = admission
        self._privacy = privacy
        self._room = asyncio.Semaphore(limits.BATCHES_IN_FLIGHT)

    async def stream(self, _requests: object, stream: Stream) -> None:
        """Serve one stream until the device ends it."""
        async with guarded(stream, "deliver"), self._admission.entered(stream) as origin:
            while not isinstance(raw := await stream.read(), _END):
                async with self._room:
                    receipts = await self._take(raw, origin)
                await stream.write(receipts.SerializeToString())

    async def _take(self, raw: bytes, origin: DeviceName) -> ingest_pb2.DeliverReceipts:
        batch = limits.batch_from(raw)
        items = [_item_or_reason(raw_item, origin) for raw_item in batch.detections]
        await self._privacy.prepare(items)
        now = now_ms()
        sorted_out = [
            item if isinstance(item, str) else arrival_of(item, now, self._privacy) for item in items
        ]
        arrivals = [arrival for arrival in sorted_out if not isinstance(arrival, str)]
        fates = await self._writer.submit(arrivals, origin) if arrivals else []
        if len(arrivals) < len(sorted_out):
            _log_refusals(origin, sorted_out)
        return ingest_pb2.DeliverReceipts(
            organisation=origin.organisation, batch=batch.batch, receipts=_receipts(sorted_out, iter(fates))
        )


def _item_or_reason(raw: bytes, origin: DeviceName) -> Item | Loss | str:
    """One item, validated, or the reason why it is refused."""
    try:
        return item_from(raw, origin)
    except Refused as error:
        return error.reason


def _receipts(sorted_out: Sequence[Arrival | str], fates: Iterator[Fate]) -> list[ingest_pb2.Receipt]:
    return [
        _refusal(index, item) if isinstance(item, str) else _answer(index, next(fates))
        for index, item in enumerate(sorted_out)
    ]


@lru_cache(maxsize=4 * limits.DETECTIONS)
def _answer(index: int, fate: Fate) -> ingest_pb2.Receipt:
    """Answers are few and alike, so they are made once; nobody changes them."""
    if fate is Fate.NOT_STORABLE:
        return _refusal(index, _NOT_STORABLE)
    return ingest_pb2.Receipt(index=index, outcome=_OUTCOMES[fate])


def _refusal(index: int, reason: str) -> ingest_pb2.Receipt:
    return ingest_pb2.Receipt(index=index, outcome=ingest_pb2.OUTCOME_REFUSED, reason=reason)


def _log_refusals(origin: DeviceName, sorted_out: Sequence[Arrival | str]) -> None:
    reasons = [item for item in sorted_out if isinstance(item, str)]
    _log.warning("items-refused", device=origin.device, count=len(reasons), reasons=sorted(set(reasons)))
