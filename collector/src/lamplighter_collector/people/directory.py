"""The links of all accounts as ingest needs them: a snapshot, made anew whenever an account changes.

A batch that was on its way to the store while a link was made still has the old route. So once everything
that was queued then is stored, stored incidents are looked through once more.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy import Connection

from lamplighter_collector.db.reader import Reader
from lamplighter_collector.errors import StoreError
from lamplighter_collector.grouping.routing import Routes
from lamplighter_collector.people.accounts import Accounts
from lamplighter_collector.people.sign_in import Transact
from lamplighter_collector.review.rerouting import reroute

_TURNS: Final = 16
"""Of the writer, each of which stores thousands of items: more than ever wait for it."""
_AGAIN_SECONDS: Final = 1.0
_log = structlog.get_logger()


class Directory:
    """Keeps ingest's routes as new as the accounts. Used on the loop only."""

    def __init__(
        self, accounts: Accounts, reader: Reader, transact: Transact, *, use: Callable[[Routes], None]
    ) -> None:
        """``use`` is handed the routes at the start and after each change."""
        self._accounts = accounts
        self._reader = reader
        self._transact = transact
        self._use = use
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read the links as they are and begin to follow them."""
        self._use(await self._reader.read(self._accounts.routes))
        self._task = asyncio.create_task(self._follow(), name="directory")

    def changed(self) -> None:
        """An account changed, here or in another process."""
        self._changed.set()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _follow(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._refresh()
            except StoreError as error:
                _log.warning("directory-not-read", problem=str(error))
                await asyncio.sleep(_AGAIN_SECONDS)
                self._changed.set()

    async def _refresh(self) -> None:
        self._use(await self._reader.read(self._accounts.routes))
        for _ in range(_TURNS):
            await self._transact(_nothing)
        moved = await self._transact(self._reroute)
        if moved:
            _log.info("incidents-rerouted", count=moved)

    def _reroute(self, connection: Connection) -> int:
        routes = self._accounts.routes(connection)
        return reroute(connection, self._accounts.organisation, routes, routes.exceptions)


def _nothing(_connection: Connection) -> None:
    """Waits its turn."""
