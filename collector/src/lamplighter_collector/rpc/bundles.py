"""``Bundles.Watch``: a device says what it has and gets what is newer, again whenever something is published.

What a device says is kept before it is answered. A version that was offered on this stream is not offered
there again: a device that refuses it would only refuse it once more, and the next stream tries. Offered is
also what has a lower number than the device says: whether that is newer, its keys decide.

Beside it goes the register of media permissions, in a message of its own, whenever it is another than the
device says; and, once on each stream, the secret of this very device's unlock codes. Neither is ever logged.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol, TypeVar

import grpc
import structlog
from google.protobuf.message import DecodeError
from lamplighter_keywords.bundles.bundle import LARGEST_NUMBER
from lamplighter_keywords.bundles.licensed_part import LICENSED_KEY
from lamplighter_protos.v1 import bundles_pb2
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from lamplighter_collector.bundles import reports
from lamplighter_collector.bundles.reports import Report
from lamplighter_collector.bundles.shelf import Shelf, read_shelf
from lamplighter_collector.db.transact import Transact
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.errors import BundleError, MessageMalformed, StoreUnavailable
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.licensed.services import open_key
from lamplighter_collector.media.register import signed
from lamplighter_collector.media.unlocking import unlock_secret
from lamplighter_collector.rpc.admission import Admission, Stream
from lamplighter_collector.rpc.allowance import Allowance
from lamplighter_collector.rpc.status_map import guarded

REPORT_BYTES: Final = 4 << 10
REPORTS_IN_FIVE_MINUTES: Final = 60
"""Of one device, over all its streams: each is a transaction of the only writer."""
_LONGEST_SLUG: Final = 64
_SLUG: Final = re.compile(r"[a-z0-9-]*")
_END = type(grpc.aio.EOF)
_STATES: Final = {
    bundles_pb2.BUNDLE_STATE_NONE: reports.NONE,
    bundles_pb2.BUNDLE_STATE_CURRENT: reports.CURRENT,
    bundles_pb2.BUNDLE_STATE_EXPIRED: reports.EXPIRED,
    bundles_pb2.BUNDLE_STATE_REFUSED: reports.REFUSED,
}
_MALFORMED: Final = Report(version=0, root_version=0, state=reports.UNKNOWN, problem="report-malformed")
_T = TypeVar("_T")
_log = structlog.get_logger()


class Reads(Protocol):
    """What is needed of a `db.reader.Reader`."""

    def read(self, query: Callable[[Connection], _T]) -> Awaitable[_T]: ...


class Library:
    """The newest shelf, read once for all streams. Used on the loop."""

    def __init__(self, reader: Reads, organisation: str, seals: Seals) -> None:
        self._reader = reader
        self._organisation = organisation
        self._seals = seals
        self._shelf: Shelf | None = None
        self._stale = True
        self._reading = asyncio.Lock()
        self._waiting: set[asyncio.Event] = set()

    async def shelf(self) -> Shelf:
        """What is newest now.

        Raises:
            StoreUnavailable: the store can't be read.
            BundleError: it holds nothing that could be handed out.
        """
        async with self._reading:
            if self._shelf is None or self._stale:
                self._stale = False
                self._shelf = None
                try:
                    self._shelf = await self._reader.read(self._read)
                except SQLAlchemyError as error:
                    _log.error("shelf-unread", problem=type(error).__name__)
                    raise StoreUnavailable("the bundles can't be read") from None
            return self._shelf

    def _read(self, store: Connection) -> Shelf:
        """The shelf, with the key of licensed lists opened: it goes along with them to each device."""
        shelf = read_shelf(store, self._organisation)
        if register := signed(store, self._organisation, self._seals):
            shelf = replace(shelf, media_version=register.version, media_register=register.envelope)
        if shelf.licensed_key is None:
            return shelf
        return replace(shelf, parts={**shelf.parts, LICENSED_KEY: open_key(self._seals, shelf.licensed_key)})

    def changed(self) -> None:
        """Something was published, perhaps by another process."""
        self._stale = True
        for event in self._waiting:
            event.set()

    def unlock_secret(self, origin: DeviceName) -> bytes:
        """What this device's unlock codes are made from, for it alone."""
        return unlock_secret(self._seals, origin.identity)

    @contextmanager
    def news(self) -> Iterator[asyncio.Event]:
        """Set at each publication, for as long as somebody listens."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            yield event
        finally:
            self._waiting.discard(event)


class Keeping:
    """Keeps what devices say, in the register."""

    def __init__(
        self,
        transact: Transact,
        organisation: str,
        now: Callable[[], datetime],
    ) -> None:
        self._transact = transact
        self._organisation = organisation
        self._now = now
        self._allowance = Allowance(REPORTS_IN_FIVE_MINUTES, 300)

    async def __call__(self, device: str, report: Report) -> None:
        """Raise StoreUnavailable where it can't be kept, TooManyAttempts where it says too much."""
        self._allowance.take(device)
        at = int(self._now().timestamp() * 1000)
        await self._transact(lambda store: reports.record(store, self._organisation, device, report, at))


class Watch:
    """The handler of one collector, shared by all its streams."""

    def __init__(self, admission: Admission, library: Library, keep: Keeping) -> None:
        self._admission = admission
        self._library = library
        self._keep = keep

    async def stream(self, _requests: object, stream: Stream) -> None:
        """Serve one stream until the device ends it."""
        async with guarded(stream, "bundles"), self._admission.entered(stream) as origin:
            # Its headers tell a device that it was let in.
            await stream.send_initial_metadata(())
            with self._library.news() as news:
                await _Conversation(self._library, self._keep, origin, stream).run(news)


class _Conversation:
    """One device on one stream."""

    def __init__(self, library: Library, keep: Keeping, origin: DeviceName, stream: Stream) -> None:
        self._library = library
        self._keep = keep
        self._origin = origin
        self._device = origin.device
        self._stream = stream
        self._said: Report | None = None
        self._offered = (0, 0)
        self._offered_register = 0
        self._has_secret = False

    async def run(self, news: asyncio.Event) -> None:
        """Until the device ends the stream."""
        reading = asyncio.ensure_future(self._stream.read())
        waiting = asyncio.create_task(news.wait())
        try:
            while True:
                await asyncio.wait({reading, waiting}, return_when=asyncio.FIRST_COMPLETED)
                if waiting.done():
                    news.clear()
                    waiting = asyncio.create_task(news.wait())
                if reading.done():
                    raw = reading.result()
                    if isinstance(raw, _END):
                        return
                    await self._hear(raw)
                    reading = asyncio.ensure_future(self._stream.read())
                await self._offer()
        finally:
            reading.cancel()
            waiting.cancel()
            await asyncio.gather(reading, waiting, return_exceptions=True)

    async def _hear(self, raw: bytes) -> None:
        try:
            report = report_from(raw)
        except MessageMalformed:
            await self._keep(self._device, _MALFORMED)
            raise
        if report != self._said:
            await self._keep(self._device, report)
            self._said = report

    async def _offer(self) -> None:
        if self._said is None:
            return
        try:
            shelf = await self._library.shelf()
        except BundleError as error:
            _log.error("nothing-to-offer", problem=type(error).__name__)
            return
        roots = shelf.roots_after(self._said.root_version)
        other = shelf.version != self._said.version
        if (roots or other) and (len(shelf.roots), shelf.version) > self._offered:
            self._offered = (len(shelf.roots), shelf.version)
            await self._stream.write(_offer_of(shelf, roots).SerializeToString())
        await self._offer_media(shelf, self._said)

    async def _offer_media(self, shelf: Shelf, said: Report) -> None:
        offer = bundles_pb2.BundleOffer()
        other = shelf.media_version not in {said.media_register, self._offered_register}
        if shelf.media_register and other:
            self._offered_register = shelf.media_version
            offer.media_register = shelf.media_register
        if not self._has_secret:
            self._has_secret = True
            offer.unlock_secret = self._library.unlock_secret(self._origin)
        if offer.media_register or offer.unlock_secret:
            offer.organisation = self._origin.organisation
            await self._stream.write(offer.SerializeToString())


def report_from(raw: bytes) -> Report:
    """What a device said.

    Raises:
        MessageMalformed: it is too long, can't be decoded, or says what no device can know.
    """
    if len(raw) > REPORT_BYTES:
        raise MessageMalformed
    try:
        report = bundles_pb2.BundleReport.FromString(raw)
    except DecodeError:
        raise MessageMalformed from None
    state = _STATES.get(report.state)
    known = max(report.version, report.root_version, report.media_register) <= LARGEST_NUMBER
    slug = len(report.problem) <= _LONGEST_SLUG and _SLUG.fullmatch(report.problem)
    if state is None or not known or not slug:
        raise MessageMalformed
    return Report(
        version=report.version,
        root_version=report.root_version,
        state=state,
        problem=report.problem,
        media_register=report.media_register,
    )


def _offer_of(shelf: Shelf, roots: tuple[bytes, ...]) -> bundles_pb2.BundleOffer:
    """The manifest goes along with new roots, too: what is installed may be signed by a key they drop."""
    return bundles_pb2.BundleOffer(
        roots=roots,
        manifest=shelf.manifest,
        parts=[bundles_pb2.BundlePart(name=name, content=part) for name, part in shelf.parts.items()],
    )
