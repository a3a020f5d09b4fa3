"""The composition root of ``serve``: store, writer, gRPC and pages in one process and one loop.

Start order: the store is migrated, its keys are found to belong to it, the authority is opened, listeners are
bound, and only then is the address announced. Stop order is the reverse: streams end, the writer finishes
what it has, the pages close.
"""

import asyncio
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import structlog
from sqlalchemy import Connection, Engine

from lamplighter_collector.bundles.signing import SigningKeys
from lamplighter_collector.clock import utc_now
from lamplighter_collector.config import Address, Config
from lamplighter_collector.db.changes import ChangeWatch, Kind
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.db.faults import translated
from lamplighter_collector.db.reader import Reader
from lamplighter_collector.db.sole import sole_server
from lamplighter_collector.enrolment import whereabouts
from lamplighter_collector.errors import NotStorable, StoreUnavailable
from lamplighter_collector.ingest.services import SqlStore, Store
from lamplighter_collector.ingest.writer import Writer
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.services import open_seals, refuse_vanished
from lamplighter_collector.media.renewing import Renewal
from lamplighter_collector.pages import Pages, Parts
from lamplighter_collector.preparing import prepare
from lamplighter_collector.rpc.doors import Behind, Doors
from lamplighter_collector.web.arrivals import Arrivals

_GRACE_SECONDS: Final = 1
"""For batches in hand. Idle streams of devices are simply cut; they come back."""
_SIGNED_ANEW_AFTER: Final[tuple[Kind, ...]] = ("media", "bundles")
_SWITCH_SECONDS: Final = 0.0001
"""The writer wants Python's lock back dozens of times per group; at the default it waits 5 ms each time."""
_T = TypeVar("_T")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Where the started collector listens."""

    ingest: Address
    enrolment: Address
    web: Address
    scheme: str
    """http or https: how the page is opened."""

    def addresses(self) -> dict[str, str]:
        return {"ingest": str(self.ingest), "enrolment": str(self.enrolment), "web": str(self.web)}


async def serve(
    config: Config,
    *,
    announce: Callable[[Ready], None],
    store: Callable[[Engine], Store] = SqlStore,
    sealing: Callable[[Config, Engine], Seals] = open_seals,
) -> None:
    """Run until SIGTERM or SIGINT.

    Raises:
        ConfigError, KeyRingError, SecretError, StoreUnavailable: before anything is announced.
    """
    sys.setswitchinterval(_SWITCH_SECONDS)
    # Before a file is made in its place.
    refuse_vanished(config)
    with sole_server(config.store_url):
        await _serve(config, announce, store, sealing)


async def _serve(
    config: Config,
    announce: Callable[[Ready], None],
    store: Callable[[Engine], Store],
    sealing: Callable[[Config, Engine], Seals],
) -> None:
    stop = _told_to_stop(loop := asyncio.get_running_loop())
    engine = writing_engine(config.store_url)
    revision, seals, authority = prepare(config, engine, sealing)
    arrivals = Arrivals()
    writer = Writer(store(engine), loop=loop, committed=arrivals.announce)
    reader = Reader(config.store_url)
    watch = _watch(reader, config, arrivals)
    transact = _Transactions(engine, writer)
    behind = Behind(
        authority=authority,
        writer=writer,
        reader=reader,
        watch=watch,
        seals=seals,
        transact=transact,
        now=utc_now,
    )
    doors = Doors(config, behind)
    renewal = Renewal(transact, config.organisation, seals, SigningKeys(config.state))
    for kind in _SIGNED_ANEW_AFTER:
        watch.subscribe(kind, renewal.changed)
    pages = Pages(config, Parts(engine, writer, reader, arrivals, seals, transact))
    try:
        writer.start()
        await watch.start()
        await doors.start()
        await pages.start()
        renewal.start()
        ready = Ready(ingest=doors.ingest, enrolment=doors.enrolment, web=pages.address, scheme=pages.scheme)
        _tell(config, ready, announce, revision)
        await stop.wait()
    finally:
        arrivals.close()
        await watch.stop()
        await renewal.stop()
        await doors.stop(_GRACE_SECONDS)
        await writer.stop()
        await pages.stop()
        _close(reader, seals, engine)


def _close(reader: Reader, seals: Seals, engine: Engine) -> None:
    reader.close()
    seals.close()
    engine.dispose()
    _log.info("stopped")


def _watch(reader: Reader, config: Config, arrivals: Arrivals) -> ChangeWatch:
    """Open pages hear of another collector's commits, and of accounts that were changed."""
    watch = ChangeWatch(reader, config.organisation)
    watch.subscribe("incidents", arrivals.announce)
    watch.subscribe("people", arrivals.announce)
    return watch


def _tell(config: Config, ready: Ready, announce: Callable[[Ready], None], revision: str) -> None:
    whereabouts.note(config.state, enrolment=str(ready.enrolment))
    announce(ready)
    _log.info("started", schema=revision, **ready.addresses())


def _told_to_stop(loop: asyncio.AbstractEventLoop) -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


class _Transactions:
    """Transactions of other domains, between the writer's groups."""

    def __init__(self, engine: Engine, writer: Writer) -> None:
        self._engine = engine
        self._writer = writer

    async def __call__(self, action: Callable[[Connection], _T], /) -> _T:
        try:
            return await self._writer.run(lambda: self._run(action))
        except NotStorable as error:
            # Of two that made the same row at once, one did not get it; the second time it is there.
            _log.error("transaction-failed", problem=str(error))
            raise StoreUnavailable("the store did not take it") from None

    def _run(self, action: Callable[[Connection], _T]) -> _T:
        with translated(), self._engine.begin() as connection:
            return action(connection)
