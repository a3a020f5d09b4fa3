"""What the collector does for portable media by itself: at the start, after changes, and each hour.

It keeps the register of permissions signed, reminds of loans that come due, and deletes what is old.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy import Connection

from lamplighter_collector.bundles.signing import SigningKeys
from lamplighter_collector.clock import now_ms
from lamplighter_collector.db.transact import Transact
from lamplighter_collector.errors import CollectorError
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.media.register import refresh_if_possible
from lamplighter_collector.media.reminding import remind
from lamplighter_collector.media.retention import delete_old

EVERY_SECONDS: Final = 3_600.0
AGAIN_SECONDS: Final = 30.0
"""After a failure."""
_log = structlog.get_logger()


class Renewal:
    """One for each collector, on its loop. Of several collectors whichever comes first signs."""

    def __init__(self, transact: Transact, organisation: str, seals: Seals, keys: SigningKeys) -> None:
        self._transact = transact
        self._organisation = organisation
        self._seals = seals
        self._keys = keys
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def changed(self) -> None:
        """Look now: permissions, or the keys that count, were changed, perhaps by another process."""
        self._due.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="media register")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            self._due.clear()
            wait = EVERY_SECONDS if await self._look() else AGAIN_SECONDS
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._due.wait()

    async def _look(self) -> bool:
        """Say whether all is as it should be, so that it is time enough in an hour."""
        done = [await self._did(self._refresh), await self._did(self._remind), await self._did(self._delete)]
        return all(done)

    async def _did(self, chore: Callable[[Connection], object]) -> bool:
        """Do one of them in a transaction of its own: one that fails keeps no other from being done."""
        try:
            await self._transact(chore)
        except CollectorError as error:
            _log.error("media-chore-failed", chore=chore.__name__, problem=type(error).__name__)
            return False
        return True

    def _refresh(self, connection: Connection) -> None:
        refresh_if_possible(connection, self._organisation, self._seals, self._keys, now=now_ms())

    def _remind(self, connection: Connection) -> None:
        remind(connection, self._organisation, now=now_ms())

    def _delete(self, connection: Connection) -> None:
        delete_old(connection, self._organisation, now=now_ms())
