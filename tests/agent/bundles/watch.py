"""A small real collector that hears reports and offers what a test says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import grpc
from lamplighter_protos.v1.bundles_pb2 import BundleOffer, BundleReport
from lamplighter_protos.v1.bundles_pb2_grpc import BundlesServicer, add_BundlesServicer_to_server

from tests.support.certificates import CertificateFiles

Stream = grpc.aio.ServicerContext[BundleReport, BundleOffer]


class Watch(BundlesServicer):
    """Keeps every report; writes what is put into `offers` to whoever is connected."""

    def __init__(self) -> None:
        self.reports: list[BundleReport] = []
        self.offers: asyncio.Queue[BundleOffer | grpc.StatusCode | None] = asyncio.Queue()
        self.changed = asyncio.Condition()
        self.streams = 0

    async def Watch(  # type: ignore[override]  # noqa: N802
        self, _requests: object, context: Stream
    ) -> None:
        self.streams += 1
        await context.send_initial_metadata(())
        hearing = asyncio.create_task(self._hear(context))
        try:
            while (offer := await self.offers.get()) is not None:
                if isinstance(offer, BundleOffer):
                    await context.write(offer)
                else:
                    await context.abort(offer, "as the test wants it")
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def _hear(self, context: Stream) -> None:
        while isinstance(report := await context.read(), BundleReport):
            self.reports.append(report)
            async with self.changed:
                self.changed.notify_all()

    async def until(self, condition: Callable[[BundleReport], bool]) -> BundleReport:
        """Wait for a report of which `condition` holds."""
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: any(map(condition, self.reports)))
        return next(report for report in self.reports if condition(report))


@contextlib.asynccontextmanager
async def serving(watch: Watch, files: CertificateFiles) -> AsyncIterator[int]:
    """Serve on loopback; yields the port."""
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    add_BundlesServicer_to_server(watch, server)
    credentials = grpc.ssl_server_credentials(
        [(files.key.read_bytes(), files.certificate.read_bytes())],
        root_certificates=files.ca.read_bytes(),
        require_client_auth=True,
    )
    port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    try:
        yield port
    finally:
        await server.stop(grace=None)
