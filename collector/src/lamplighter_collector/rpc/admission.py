"""Who may use the port of the devices: their certificate, then the register; and who may not any more.

A call is admitted by the store as it is then. Streams that are open when the register changes are looked at
again, and cut where their device is not served any longer. (What is stored is guarded once more, in the
writer's own transaction: `devices.gate`.) Used on the loop.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

import grpc
import structlog
from sqlalchemy import Connection

from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.devices.register import refusal_of, standing_of, standings
from lamplighter_collector.errors import PeerError, StoreUnavailable
from lamplighter_collector.rpc.peer import device_of

Stream = grpc.aio.ServicerContext[bytes, bytes]
_LOOK_AGAIN_SECONDS: Final = 1
_T = TypeVar("_T")
_log = structlog.get_logger()


class Reads(Protocol):
    """What is needed of a `db.reader.Reader`."""

    def read(self, query: Callable[[Connection], _T]) -> Awaitable[_T]: ...


@dataclass(slots=True, eq=False)
class _Open:
    name: DeviceName
    task: "asyncio.Task[Any]"
    refusal: PeerError | None = None


class Admission:
    """The door of one collector, shared by all services on the port of the devices."""

    def __init__(self, reader: Reads, organisation: str) -> None:
        self._reader = reader
        self._organisation = organisation
        self._open: set[_Open] = set()
        self._changed = False
        self._looking: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def entered(self, stream: Stream) -> AsyncIterator[DeviceName]:
        """The device of a call, for as long as it may go on.

        Raises:
            PeerError: it may not; also out of the middle of the call, in place of what it waited for.
            StoreUnavailable: the register can't be read.
        """
        name = device_of(auth_context(stream), self._organisation)
        task = asyncio.current_task()
        assert task is not None
        mine = _Open(name, task)
        # Before the register is read: a change that comes between finds this call here.
        self._open.add(mine)
        try:
            await self._check(name)
            yield name
        except asyncio.CancelledError:
            if mine.refusal is None:
                raise
            task.uncancel()
            raise mine.refusal from None
        finally:
            self._open.discard(mine)

    def register_changed(self) -> None:
        """Look at every open call again. Called on the loop."""
        self._changed = True
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(), name="admission")

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking

    async def _check(self, name: DeviceName) -> None:
        standing = await self._reader.read(lambda store: standing_of(store, name.organisation, name.device))
        if refusal := refusal_of(standing, name.identity):
            raise refusal

    async def _look(self) -> None:
        while self._changed:
            self._changed = False
            try:
                await self._cut()
            except StoreUnavailable:
                self._changed = True
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def _cut(self) -> None:
        known = await self._reader.read(lambda store: standings(store, self._organisation))
        for call in list(self._open):
            refusal = refusal_of(known.get(call.name.device), call.name.identity)
            if refusal is not None and call.refusal is None:
                call.refusal = refusal
                call.task.cancel()
                _log.info("stream-cut", device=call.name.device, reason=refusal.reason)


def auth_context(stream: Stream) -> dict[str, Sequence[bytes]]:
    """What TLS knows of the other end of a call."""
    context: Any = stream.auth_context()
    return {str(key): list(values) for key, values in context.items()}
