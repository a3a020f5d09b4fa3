"""The one writer thread: natural group commit, receipts after the commit.

Whatever was queued while the last commit ran is the next group, up to 4,000 items; nobody waits for a timer.
One group is one transaction. The loop is told once per group, after the commit.

- A group that holds an item which the database refuses is halved until that item stands alone: it is refused
  and its mates are stored.
- What a device sent that is not served any more is refused by the store; what the others sent is stored.
- A full or read-only disk fails the whole group with `StoreUnavailable`; nothing is acknowledged, and the
  next group tries again.
- ``stop`` lets the thread finish what is queued, then joins it.

``submit`` and ``run`` are called on the loop; the store is touched on the thread only.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, Generic, TypeVar

import structlog

from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.errors import NotStorable, PeerError, SendersRefused, StoreUnavailable
from lamplighter_collector.ingest.arrival import Arrival
from lamplighter_collector.ingest.services import Store

LARGEST_GROUP: Final = 4_000
_T = TypeVar("_T")
_log = structlog.get_logger()


class Fate(Enum):
    """What became of one item."""

    NEW = auto()
    KNOWN = auto()
    NOT_STORABLE = auto()


@dataclass(slots=True, eq=False)
class _Batch:
    items: Sequence[Arrival]
    done: asyncio.Future[list[Fate]]
    sender: DeviceName
    result: list[Fate] | PeerError | None = None


@dataclass(slots=True, eq=False)
class _Errand(Generic[_T]):
    """A transaction of another domain, such as showing words and writing the audit row."""

    action: Callable[[], _T]
    done: asyncio.Future[_T]


class Writer:
    """Owns the thread ``collector-writer`` and everything that changes the store."""

    def __init__(
        self, store: Store, *, loop: asyncio.AbstractEventLoop, committed: Callable[[], None]
    ) -> None:
        """``committed`` is called on the loop after each group."""
        self._store = store
        self._loop = loop
        self._committed = committed
        self._waiting: deque[_Batch] = deque()
        self._errands: deque[_Errand[Any]] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self.trouble = ""
        """Why the last group could not be stored; empty when it was. Shown on the page."""
        self._thread = threading.Thread(target=self._work, name="collector-writer")

    def start(self) -> None:
        self._thread.start()

    def submit(self, items: Sequence[Arrival], sender: DeviceName) -> asyncio.Future[list[Fate]]:
        """Queue a batch of one device.

        The future answers after its commit, or fails with `StoreUnavailable`, or with a `PeerError` when the
        device is not served any more: then nothing of the batch is stored.
        """
        batch = _Batch(items, self._loop.create_future(), sender)
        self._queue(self._waiting, batch, batch.done)
        return batch.done

    def run(self, action: Callable[[], _T]) -> asyncio.Future[_T]:
        """Queue a transaction that ``action`` makes by itself; it runs between two groups."""
        errand = _Errand(action, self._loop.create_future())
        self._queue(self._errands, errand, errand.done)
        return errand.done

    async def stop(self) -> None:
        """Finish what is queued, refuse what comes now, and join the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        await self._loop.run_in_executor(None, self._thread.join)

    def _queue(self, queue: deque[Any], entry: object, done: asyncio.Future[Any]) -> None:
        with self._changed:
            if self._stopping:
                done.set_exception(StoreUnavailable("the collector is stopping"))
                return
            queue.append(entry)
            self._changed.notify()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not (self._waiting or self._errands or self._stopping):
                    self._changed.wait()
                if not (self._waiting or self._errands):
                    return
                errands, self._errands = self._errands, deque()
                group = self._next_group()
            for errand in errands:
                self._run_errand(errand)
            if group:
                self._store_group(group)

    def _next_group(self) -> list[_Batch]:
        group: list[_Batch] = []
        size = 0
        while self._waiting and (not group or size + len(self._waiting[0].items) <= LARGEST_GROUP):
            batch = self._waiting.popleft()
            size += len(batch.items)
            group.append(batch)
        return group

    def _store_group(self, group: list[_Batch]) -> None:
        items = [item for batch in group for item in batch.items]
        senders = {batch.sender for batch in group}
        try:
            fates = self._fates(items, senders)
        except SendersRefused as refusal:
            self._store_others(group, refusal)
        except StoreUnavailable as error:
            _log.error("store-unavailable", problem=str(error), batches=len(group), items=len(items))
            self._tell(group, error)
        except Exception as error:  # noqa: BLE001 - the thread's one guard: no batch waits for ever
            _log.error("store-failed", problem=type(error).__name__, batches=len(group), items=len(items))
            self._tell(group, StoreUnavailable("the store failed"))
        else:
            start = 0
            for batch in group:
                batch.result = fates[start : start + len(batch.items)]
                start += len(batch.items)
            self._tell(group, None)

    def _store_others(self, group: list[_Batch], refusal: SendersRefused) -> None:
        """Tell those who are not served any more, and store what the others sent."""
        others = []
        for batch in group:
            batch.result = refusal.refused.get(batch.sender)
            if batch.result is None:
                others.append(batch)
        self._tell([batch for batch in group if batch.result is not None], None)
        if others:
            self._store_group(others)

    def _fates(self, items: Sequence[Arrival], senders: Collection[DeviceName]) -> list[Fate]:
        if not items:
            return []
        try:
            return [Fate.NEW if new else Fate.KNOWN for new in self._store.accept(items, senders)]
        except NotStorable as error:
            if len(items) == 1:
                _log.warning("item-not-storable", problem=str(error))
                return [Fate.NOT_STORABLE]
            middle = len(items) // 2
            return self._fates(items[:middle], senders) + self._fates(items[middle:], senders)

    def _tell(self, group: list[_Batch], error: StoreUnavailable | None) -> None:
        self._loop.call_soon_threadsafe(self._settle, group, error)

    def _settle(self, group: list[_Batch], error: StoreUnavailable | None) -> None:
        for batch in group:
            if batch.done.done():  # the stream that asked is gone; what was stored stays stored
                continue
            if isinstance(batch.result, list):
                batch.done.set_result(batch.result)
            else:
                batch.done.set_exception(error or batch.result or StoreUnavailable("the store failed"))
        self.trouble = str(error) if error else ""
        # Also after trouble: halves of a group may have been stored, and an open page shall say what is
        # wrong.
        self._committed()

    def _run_errand(self, errand: _Errand[Any]) -> None:
        try:
            result = errand.action()
        except Exception as error:  # noqa: BLE001 - handed to whoever asked
            self._loop.call_soon_threadsafe(_fail, errand.done, error)
        else:
            self._loop.call_soon_threadsafe(_succeed, errand.done, result)


def _succeed(done: asyncio.Future[_T], result: _T) -> None:
    if not done.done():
        done.set_result(result)


def _fail(done: asyncio.Future[Any], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
