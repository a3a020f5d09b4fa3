"""``Ingest.Deliver``: batches in, receipts out, one batch of a stream at a time.

The next batch is read only after the receipts of the last one were written, so a device that floods waits in
its own TCP window. Raw bytes reach this handler: a broken item costs itself and not the stream.
Authentication is here and not in an interceptor, since those leak on long streams.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import grpc
import structlog
from lamplighter_protos.v1 import ingest_pb2

from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.errors import CollectorError, Refused
from lamplighter_collector.ingest.mapping import item_from
from lamplighter_collector.ingest.services import Item
from lamplighter_collector.ingest.writer import Fate, Writer
from lamplighter_collector.rpc import limits
from lamplighter_collector.rpc.peer import device_of
from lamplighter_collector.rpc.status_map import status_of, trailers_of

_log = structlog.get_logger()
_OUTCOMES = {Fate.NEW: ingest_pb2.OUTCOME_ACCEPTED, Fate.KNOWN: ingest_pb2.OUTCOME_DUPLICATE}
_NOT_STORABLE = "the store can't hold it"

_END = type(grpc.aio.EOF)
Stream = grpc.aio.ServicerContext[bytes, bytes]


class Deliver:
    """The handler of one collector, shared by all its streams."""

    def __init__(self, writer: Writer, organisation: str) -> None:
        self._writer = writer
        self._organisation = organisation
        self._room = asyncio.Semaphore(limits.BATCHES_IN_FLIGHT)

    async def stream(self, _requests: object, stream: Stream) -> None:
        """Serve one stream until the device ends it."""
        try:
            origin = device_of(_auth_context(stream), self._organisation)
            while not isinstance(raw := await stream.read(), _END):
                async with self._room:
                    receipts = await self._take(raw, origin)
                await stream.write(receipts.SerializeToString())
        except CollectorError as error:
            _log.warning("stream-ended", problem=type(error).__name__, detail=str(error))
            await stream.abort(status_of(error), str(error), trailers_of(error))

    async def _take(self, raw: bytes, origin: DeviceName) -> ingest_pb2.DeliverReceipts:
        batch = limits.batch_from(raw)
        sorted_out = _sort_out(batch.detections, origin)
        items = [item for item in sorted_out if not isinstance(item, str)]
        fates = iter(await self._writer.submit(items) if items else ())
        receipts = [_receipt(index, item, fates) for index, item in enumerate(sorted_out)]
        refused = sum(receipt.outcome == ingest_pb2.OUTCOME_REFUSED for receipt in receipts)
        if refused:
            reasons = sorted({receipt.reason for receipt in receipts if receipt.reason})
            _log.warning("items-refused", device=origin.device, count=refused, reasons=reasons)
        return ingest_pb2.DeliverReceipts(
            organisation=origin.organisation, batch=batch.batch, receipts=receipts
        )


def _auth_context(stream: Stream) -> dict[str, Sequence[bytes]]:
    context: Any = stream.auth_context()
    return {str(key): list(values) for key, values in context.items()}


def _sort_out(raws: Sequence[bytes], origin: DeviceName) -> list[Item | str]:
    """Each item validated, or the reason why it is refused."""
    return [_item_or_reason(raw, origin) for raw in raws]


def _item_or_reason(raw: bytes, origin: DeviceName) -> Item | str:
    try:
        return item_from(raw, origin)
    except Refused as error:
        return error.reason


def _receipt(index: int, item: Item | str, fates: Iterator[Fate]) -> ingest_pb2.Receipt:
    if isinstance(item, str):
        return ingest_pb2.Receipt(index=index, outcome=ingest_pb2.OUTCOME_REFUSED, reason=item)
    outcome = _OUTCOMES.get(next(fates))
    if outcome is None:
        return ingest_pb2.Receipt(index=index, outcome=ingest_pb2.OUTCOME_REFUSED, reason=_NOT_STORABLE)
    return ingest_pb2.Receipt(index=index, outcome=outcome)
