"""A small real collector on loopback: grpc.aio, mutual TLS, stores by id; misbehaves where a test says so."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable

import grpc
from lamplighter_agent.delivery.status_map import RETRY_AFTER
from lamplighter_protos.names import REASON
from lamplighter_protos.v1.detection_pb2 import Detection
from lamplighter_protos.v1.ingest_pb2 import DeliverBatch, DeliverReceipts, Outcome, Receipt
from lamplighter_protos.v1.ingest_pb2_grpc import (
    IngestServicer,
    add_IngestServicer_to_server,
)

from tests.support.certificates import CertificateFiles

Ids = Iterable[bytes]
Stream = grpc.aio.ServicerContext[DeliverBatch, DeliverReceipts]


class Ingest(IngestServicer):
    """Stores each id once and answers in order."""

    def __init__(self) -> None:
        self.stored: dict[bytes, Detection] = {}
        self.deliveries: list[bytes] = []
        self.batches: list[int] = []
        self.streams = 0
        self.refused: dict[bytes, str] = {}
        self.poison: set[bytes] = set()
        # Each of these happens so many times.
        self.lose_answers = 0
        self.answer_half = 0
        self.be_busy = 0
        self.end_at_once = 0
        # The reason with which every stream is refused, or cut.
        self.reason = ""
        self.changed = asyncio.Condition()

    async def Deliver(  # type: ignore[override]  # noqa: N802
        self, _requests: object, context: Stream
    ) -> None:
        self.streams += 1
        async with self.changed:
            self.changed.notify_all()
        if self.reason:
            await self._refuse(context)
        if self._take("end_at_once"):
            return
        if self._take("be_busy"):
            await context.abort(
                grpc.StatusCode.UNAVAILABLE, "busy", trailing_metadata=((RETRY_AFTER, "0.01"),)
            )
        while isinstance(batch := await context.read(), DeliverBatch):
            items = [Detection.FromString(raw) for raw in batch.detections]
            self.batches.append(len(items))
            if self.poison & {item.id for item in items}:
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "not storable")
            receipts = [self._store(index, item) for index, item in enumerate(items)]
            async with self.changed:
                self.changed.notify_all()
            if self.reason:
                await self._refuse(context)
            if self._take("lose_answers"):
                await context.abort(grpc.StatusCode.UNAVAILABLE, "cut")
            if self._take("answer_half"):
                receipts = receipts[: len(receipts) // 2]
            await context.write(DeliverReceipts(batch=batch.batch, receipts=receipts))

    async def _refuse(self, context: Stream) -> None:
        trailers = ((REASON, self.reason),)
        await context.abort(grpc.StatusCode.PERMISSION_DENIED, "no", trailing_metadata=trailers)

    def _store(self, index: int, item: Detection) -> Receipt:
        self.deliveries.append(item.id)
        if item.id in self.refused:
            return Receipt(index=index, outcome=Outcome.OUTCOME_REFUSED, reason=self.refused[item.id])
        known = item.id in self.stored
        self.stored[item.id] = item
        outcome = Outcome.OUTCOME_DUPLICATE if known else Outcome.OUTCOME_ACCEPTED
        return Receipt(index=index, outcome=outcome)

    def _take(self, what: str) -> bool:
        left: int = getattr(self, what)
        setattr(self, what, max(0, left - 1))
        return left > 0

    async def until(self, condition: Callable[[], bool], *, seconds: float = 20) -> None:
        """Wait until `condition` holds, looking after each batch."""
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(condition)

    async def has(self, ids: Ids) -> None:
        wanted = set(ids)
        await self.until(lambda: wanted <= set(self.stored))


@contextlib.asynccontextmanager
async def serving(
    ingest: Ingest, files: CertificateFiles, *, port: int = 0, message_bytes: int | None = None
) -> AsyncIterator[int]:
    """Serve on loopback; yields the port."""
    options = [("grpc.so_reuseport", 0)]
    if message_bytes:
        options.append(("grpc.max_receive_message_length", message_bytes))
    server = grpc.aio.server(options=options)
    add_IngestServicer_to_server(ingest, server)
    credentials = grpc.ssl_server_credentials(
        [(files.key.read_bytes(), files.certificate.read_bytes())],
        root_certificates=files.ca.read_bytes(),
        require_client_auth=True,
    )
    bound = server.add_secure_port(f"127.0.0.1:{port}", credentials)
    await server.start()
    try:
        yield bound
    finally:
        await server.stop(grace=None)
