"""Keeps a stream to the collector open and takes what it offers: `Bundles.Watch`.

The device says what it has, first of all and after each change: a bundle that was taken, one that was
refused and why, one that ran out. Verifying and building what judges by a new bundle happens on a thread,
while the old one goes on judging; then `taken` is called on the loop. Nothing polls. The register of media
permissions comes the same way, and belongs to `media`.

This stream is open as long as the service runs, so it is also where the device first learns that it is
reached (`contact`) or not served any more (`failed`).
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import grpc
import structlog
from lamplighter_keywords.bundles.bundle import RootDocument
from lamplighter_keywords.errors import BundleError
from lamplighter_protos.v1 import bundles_pb2 as pb
from lamplighter_protos.v1.bundles_pb2_grpc import BundlesStub

from lamplighter_agent.bundles.store import BundleStore, Ready
from lamplighter_agent.clock import Clock
from lamplighter_agent.delivery.backoff import Backoff
from lamplighter_agent.delivery.channel import ready
from lamplighter_agent.delivery.status_map import error_of
from lamplighter_agent.errors import (
    BundleNotKept,
    CollectorBusy,
    CollectorUnreachable,
    DeliveryError,
    Permanent,
)

_log = structlog.get_logger(__name__)
# A clock may be set while we wait for a date.
_LONGEST_WAIT: Final = timedelta(hours=1)
_STATES: Final = {
    "none": pb.BUNDLE_STATE_NONE,
    "current": pb.BUNDLE_STATE_CURRENT,
    "expired": pb.BUNDLE_STATE_EXPIRED,
    "refused": pb.BUNDLE_STATE_REFUSED,
}

Call = grpc.aio.StreamStreamCall[pb.BundleReport, pb.BundleOffer]


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFigures:
    """What is known of this device's bundle. `problem` is a slug; `reason` is for `status`."""

    version: int = 0
    root_version: int = 0
    created: datetime | None = None
    expires: datetime | None = None
    problem: str = ""
    reason: str = ""

    def state(self, now: datetime) -> str:
        if self.problem:
            return "refused"
        if self.expires is None:
            return "none"
        return "expired" if now >= self.expires else "current"

    def described(self, now: datetime) -> dict[str, object]:
        """Return what `status` shows."""
        return {
            "version": self.version,
            "root": self.root_version,
            "state": self.state(now),
            "created": None if self.created is None else self.created.isoformat(timespec="seconds"),
            "expires": None if self.expires is None else self.expires.isoformat(timespec="seconds"),
            "problem": self.problem,
            "reason": self.reason,
        }


class MediaRegister(Protocol):
    """Keeps the permissions of portable media that come beside the lists; on the loop."""

    @property
    def version(self) -> int:
        """What is in force; 0 for nothing."""
        ...

    def begin(self, root: RootDocument | None) -> None:
        """Read what was kept, by the newest root that the device knows."""
        ...

    def follow(self, offer: pb.BundleOffer, root: RootDocument | None) -> None:
        """Take what came, and the newest root after it; what is refused changes nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverPorts:
    """What the receiver needs and whom it tells, all on the loop."""

    # A new channel, or NotEnrolled.
    connect: Callable[[], grpc.aio.Channel]
    taken: Callable[[Ready], None]
    contact: Callable[[], None]
    failed: Callable[[DeliveryError], None]
    changed: Callable[[], None]
    media: MediaRegister | None = None


class BundleReceiver:
    """See the module. `begin` before `run`."""

    def __init__(self, store: BundleStore, ports: ReceiverPorts, *, clock: Clock, backoff: Backoff) -> None:
        self._store = store
        self._ports = ports
        self._clock = clock
        self._backoff = backoff
        self._writing = asyncio.Lock()
        self._taking: asyncio.Task[None] | None = None
        self._anew = asyncio.Event()
        # There is another date to wait for.
        self._dated = asyncio.Event()
        self.figures = BundleFigures()

    async def begin(self) -> Ready | None:
        """Return the last good bundle from the disk, if there is one."""
        try:
            found, problem = await asyncio.to_thread(self._store.load)
        except BundleError as error:
            found, problem = None, error
        self._note(found, problem)
        if self._ports.media is not None:
            self._ports.media.begin(self._store.newest_root)
        return found

    async def run(self) -> None:
        """Watch until cancelled."""
        try:
            while True:
                self._anew.clear()
                # Not waited for inside the handler: an error that is alive keeps its channel alive.
                await self._pause(await self._attempt())
        finally:
            await self._settled()

    def reconnect(self) -> None:
        """Make the connection anew, now, also out of a wait after a failure: there is a new certificate."""
        self._anew.set()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._anew.wait()

    async def _attempt(self) -> float:
        """Watch until the stream ends; returns the seconds to wait."""
        try:
            await self._session()
        except DeliveryError as error:
            self._ports.failed(error)
            return self._wait_after(error)
        # The collector ends a stream in order now and then, so that certificates are looked at again.
        return self._backoff.next()

    def _wait_after(self, error: DeliveryError) -> float:
        if isinstance(error, Permanent):
            seconds = self._backoff.longest()
        else:
            asked = error.retry_after_seconds if isinstance(error, CollectorBusy) else None
            seconds = self._backoff.next(asked)
        _log.warning("watch_failed", problem=str(error), retry_seconds=round(seconds, 1))
        return seconds

    async def _session(self) -> None:
        channel = self._ports.connect()
        try:
            # A call that is given up while it connects would keep its channel's thread.
            await ready(channel)
            await self._exchange(BundlesStub(channel).Watch())
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error
        except asyncio.InvalidStateError as error:
            # A write to a stream that had just ended in order.
            raise CollectorUnreachable("the stream ended before a report was sent") from error
        finally:
            await channel.close()

    async def _exchange(self, call: Call) -> None:
        receiving = asyncio.create_task(self._receive(call), name="bundle-offers")
        watching = asyncio.create_task(self._tell_dates(call), name="bundle-dates")
        anew = asyncio.create_task(self._anew.wait(), name="bundle-reconnect")
        try:
            await asyncio.wait({receiving, watching, anew}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done() and isinstance(watching.exception(), asyncio.InvalidStateError):
                # The receiver knows why a stream ended.
                await asyncio.wait({receiving})
        finally:
            call.cancel()
            for task in (receiving, watching, anew):
                task.cancel()
            await asyncio.gather(receiving, watching, anew, return_exceptions=True)
        try:
            for task in (receiving, watching):
                if not task.cancelled():
                    task.result()
        finally:
            # A traceback that holds its own task keeps the channel, and its thread, until a collection.
            del task, receiving, watching, anew

    async def _receive(self, call: Call) -> None:
        # The collector sends its headers when it has let us in.
        await call.initial_metadata()
        self._ports.contact()
        self._backoff.reset()
        while True:
            # No timeout around this read: a cancelled read leaks in grpc.aio; keepalive finds a dead path.
            offer = await call.read()
            if not isinstance(offer, pb.BundleOffer):
                return
            await self._take(offer)
            await self._report(call)

    async def _take(self, offer: pb.BundleOffer) -> None:
        """Take an offer to its end, whatever becomes of the stream that brought it."""
        await self._settled()
        self._taking = asyncio.create_task(self._install(offer), name="bundle-install")
        await asyncio.shield(self._taking)

    async def _settled(self) -> None:
        """Wait for an installation that a broken stream left running."""
        if self._taking is not None:
            await asyncio.shield(self._taking)

    async def _install(self, offer: pb.BundleOffer) -> None:
        if offer.roots or offer.manifest or not (offer.media_register or offer.unlock_secret):
            await self._install_bundle(offer)
        if self._ports.media is not None:
            # After the roots that came with it, and also where the bundle was refused.
            self._ports.media.follow(offer, self._store.newest_root)
        self._ports.changed()

    async def _install_bundle(self, offer: pb.BundleOffer) -> None:
        try:
            taken = await asyncio.to_thread(self._store.take, offer)
        except (BundleError, BundleNotKept) as error:
            _log.warning("bundle_refused", problem=error.slug, detail=str(error))
            self._refused(error)
        else:
            self._note(taken, None)
            if taken is not None:
                _log.info("bundle_taken", version=self._store.version, root=self._store.root_version)
                self._ports.taken(taken)

    def _note(self, found: Ready | None, problem: BundleError | None) -> None:
        self.figures = replace(
            self.figures,
            version=self._store.version,
            root_version=self._store.root_version,
            problem="" if problem is None else problem.slug,
            reason="" if problem is None else str(problem),
        )
        if found is not None:
            manifest = found.bundle.manifest
            created, expires = moment(manifest.created), moment(manifest.expires)
            self.figures = replace(self.figures, created=created, expires=expires)
            self._dated.set()

    def _refused(self, error: BundleError | BundleNotKept) -> None:
        self.figures = replace(
            self.figures, root_version=self._store.root_version, problem=error.slug, reason=str(error)
        )

    async def _tell_dates(self, call: Call) -> None:
        """Say what we have, and again when it runs out."""
        await self._report(call)
        while True:
            said = self.figures.state(self._clock.now())
            self._dated.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._until_expiry().total_seconds()):
                    await self._dated.wait()
                    continue
            if self.figures.state(self._clock.now()) != said:
                self._ports.changed()
                await self._report(call)

    def _until_expiry(self) -> timedelta:
        expires, now = self.figures.expires, self._clock.now()
        if expires is None or expires <= now:
            return _LONGEST_WAIT
        return min(_LONGEST_WAIT, expires - now)

    async def _report(self, call: Call) -> None:
        figures = self.figures
        report = pb.BundleReport(
            version=figures.version,
            root_version=figures.root_version,
            state=_STATES[figures.state(self._clock.now())],
            problem=figures.problem,
            media_register=0 if self._ports.media is None else self._ports.media.version,
        )
        async with self._writing:
            await call.write(report)


def moment(milliseconds: int) -> datetime:
    """Return a document's time; one beyond the calendar is the end of it."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC)
