"""What tells a running collector that an administrator changed something, also from another process.

Each kind of administrative change has one counter per organisation. Whoever changes such a thing calls
`bump` in the same transaction; `ChangeWatch` looks at the counters four times a second and calls whoever
subscribed to the kind that moved.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal, Protocol, TypeVar

import structlog
from sqlalchemy import Connection, PrimaryKeyConstraint, Table, select

from lamplighter_collector.db.base import metadata, number, text
from lamplighter_collector.db.driver import INSERTS
from lamplighter_collector.db.revisions import last_revision
from lamplighter_collector.errors import StoreUnavailable

Kind = Literal["devices", "people", "bundles", "media"]
Watched = Kind | Literal["incidents"]
"""Incidents have a counter of their own in `revisions`: so pages here hear of another collector's commits."""
POLL_SECONDS: Final = 0.25
_T = TypeVar("_T")
_log = structlog.get_logger()

changes = Table(
    "changes",
    metadata,
    text("organisation", "Whose change it is."),
    text("kind", "What was changed: devices, people, bundles or media."),
    number("revision", "One more with each change."),
    PrimaryKeyConstraint("organisation", "kind"),
    sqlite_with_rowid=False,
)


def bump(connection: Connection, organisation: str, kind: Kind) -> None:
    """Note a change in the caller's transaction; who reads the counter under a lock waits for the commit."""
    first = INSERTS[connection.dialect.name](changes).values(organisation=organisation, kind=kind, revision=1)
    key = [column.name for column in changes.primary_key]
    counted = {"revision": changes.c.revision + 1}
    connection.execute(first.on_conflict_do_update(index_elements=key, set_=counted))


def revisions(connection: Connection, organisation: str) -> dict[str, int]:
    """The counters of one organisation; a kind that was never changed is missing."""
    query = select(changes.c.kind, changes.c.revision).where(changes.c.organisation == organisation)
    return {row.kind: row.revision for row in connection.execute(query)}


class Reads(Protocol):
    """What `ChangeWatch` needs of a `db.reader.Reader`."""

    def read(self, query: Callable[[Connection], _T]) -> Awaitable[_T]: ...


class ChangeWatch:
    """Polls the counters of one organisation; runs and calls subscribers on the loop."""

    def __init__(self, reader: Reads, organisation: str) -> None:
        self._reader = reader
        self._organisation = organisation
        self._seen: Mapping[str, int] | None = None
        self._subscribers: list[tuple[Watched, Callable[[], object]]] = []
        self._task: asyncio.Task[None] | None = None

    def subscribe(self, kind: Watched, changed: Callable[[], object]) -> None:
        """Have ``changed`` called on the loop after each change of this kind; it must not block."""
        self._subscribers.append((kind, changed))

    async def start(self) -> None:
        """Take the counters as they are and begin to watch.

        Raises:
            StoreUnavailable: the store can't be read.
        """
        self._seen = await self._now()
        self._task = asyncio.create_task(self._watch(), name="change-watch")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def look(self) -> None:
        """Look once, now, and call whoever is concerned."""
        found = await self._now()
        before, self._seen = self._seen or {}, found
        for kind, changed in self._subscribers:
            if found.get(kind) != before.get(kind):
                self._call(kind, changed)

    async def _watch(self) -> None:
        trouble = ""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            before = trouble
            try:
                await self.look()
            except StoreUnavailable as error:
                trouble = str(error)
            else:
                trouble = ""
            if trouble != before:  # once, not four times a second
                _log.warning("changes-unread", problem=trouble or "none any more")

    async def _now(self) -> dict[str, int]:
        def look(connection: Connection) -> dict[str, int]:
            incidents = last_revision(connection, self._organisation)
            return {**revisions(connection, self._organisation), "incidents": incidents}

        return await self._reader.read(look)

    def _call(self, kind: Watched, changed: Callable[[], object]) -> None:
        try:
            changed()
        except Exception as error:  # noqa: BLE001 - one subscriber's failure must not end the watch
            _log.error("change-not-followed", kind=kind, problem=type(error).__name__)
