"""The spool behind an event loop: its one thread, and the event that wakes the courier.

All calls run in order on a thread named `spool`, which sleeps between them. `changed` is set, on the loop,
after each call that may have given the courier something to do: nothing polls.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from lamplighter_agent.spool.entry import StoredDetection
from lamplighter_agent.spool.lease import Lease
from lamplighter_agent.spool.losses import Reason
from lamplighter_agent.spool.spool import Spool, SpoolFigures

T = TypeVar("T")


class SpoolWorker:
    """Async verbs of a Spool. Made on the loop that uses it; `close` closes the spool too."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spool")
        self.changed = asyncio.Event()

    async def append(self, detection: StoredDetection) -> bytes | None:
        """As Spool.append."""
        try:
            return await self._run(lambda: self._spool.append(detection))
        finally:
            # Also after an error, since that was counted.
            self.changed.set()

    async def count_loss(
        self,
        reason: "Reason.ValueType",
        count: int = 1,
        *,
        first: datetime | None = None,
        last: datetime | None = None,
    ) -> None:
        """As Spool.count_loss."""
        await self._run(lambda: self._spool.count_loss(reason, count, first=first, last=last))
        self.changed.set()

    async def lease(self, limit: int, max_bytes: int) -> Lease:
        """As Spool.lease; a lease that nobody waits for any more is given back."""
        taking = asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: self._spool.lease(limit, max_bytes)
        )
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            taking.add_done_callback(self._give_back)
            raise

    async def commit(self, lease: Lease, ids: Iterable[bytes]) -> None:
        await self._run(lambda: lease.commit(ids))

    async def quarantine(self, lease: Lease, record_id: bytes, reason: str) -> None:
        await self._run(lambda: lease.quarantine(record_id, reason))
        self.changed.set()

    def rollback(self, lease: Lease) -> None:
        """Memory only, so it is done at once: it must also work while the caller is being cancelled."""
        lease.rollback()
        self.changed.set()

    async def has_pending(self) -> bool:
        return await self._run(self._spool.has_pending)

    async def next_due(self) -> datetime | None:
        return await self._run(self._spool.next_due)

    async def figures(self) -> SpoolFigures:
        return await self._run(self._spool.figures)

    async def close(self) -> None:
        """Finish what was asked, close the spool, join the thread."""
        await self._run(self._spool.close)
        self._thread.shutdown(wait=True)

    async def _run(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _give_back(self, taking: asyncio.Future[Lease]) -> None:
        if not taking.cancelled() and taking.exception() is None:
            self.rollback(taking.result())
