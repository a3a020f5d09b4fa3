"""Store a group of items exactly once and place them in incidents, in one transaction.

``accept`` answers only after the commit; when it raises, nothing of the group is stored. Exact dedupe is the
primary key (organisation, device, id). Runs on the writer thread only.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Table, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from lamplighter_collector.clock import now_ms
from lamplighter_collector.db.driver import DriverStatement, Row
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.devices.models import devices
from lamplighter_collector.errors import NotStorable, StoreUnavailable
from lamplighter_collector.grouping.services import place
from lamplighter_collector.ingest.detection import Detection, Loss
from lamplighter_collector.ingest.models import detections, losses

Item = Detection | Loss
Key = tuple[DeviceName, bytes]
_ItemT = TypeVar("_ItemT", Detection, Loss)
_IDS_AT_ONCE: Final = 500
# What the machine, not the content, is the reason for. Everything else is blamed on an item, which is then
# looked for.
_TRANSIENT: Final = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_ERROR,
    }
)
_INSERTS: Final = {
    table: DriverStatement(insert(table).on_conflict_do_nothing()) for table in (detections, losses)
}
_LAST_REVISION: Final = "SELECT max(revision) FROM incidents"
_seen = insert(devices)
_SEE_DEVICE = DriverStatement(
    _seen.on_conflict_do_update(
        index_elements=["organisation", "device"], set_={"last_seen_at": _seen.excluded.last_seen_at}
    )
)


class Store(Protocol):
    """What the writer thread needs of a store."""

    def accept(self, items: Sequence[Item]) -> list[bool]:
        """Store a group; for each item, whether it was new. All or nothing.

        Raises:
            StoreUnavailable: the same group may succeed later.
            NotStorable: some item of the group never will.
        """


class SqlStore:
    """The store over a writing engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def accept(self, items: Sequence[Item]) -> list[bool]:
        distinct: dict[Key, Item] = {(item.origin, item.id): item for item in reversed(items)}
        try:
            with self._engine.begin() as connection:
                fresh = _store(connection, list(distinct.values()))
        except DBAPIError as error:
            raise _translated(error) from error
        except (sqlite3.Error, ValueError, OverflowError) as error:
            # The driver's own refusal of a value, before any SQL ran: named by type only, its text may quote
            # the value.
            raise NotStorable(type(error).__name__) from None
        new = []
        for item in items:
            key = (item.origin, item.id)
            new.append(key in fresh)
            fresh.discard(key)
        return new


def _translated(error: DBAPIError) -> StoreUnavailable | NotStorable:
    code = getattr(error.orig, "sqlite_errorcode", None)
    name = getattr(error.orig, "sqlite_errorname", type(error.orig).__name__)
    if isinstance(code, int) and code & 0xFF in _TRANSIENT:
        return StoreUnavailable(name)
    return NotStorable(name)


def _store(connection: Connection, items: Sequence[Item]) -> set[Key]:
    """Store what is new and answer its keys."""
    now = now_ms()
    observed = [item for item in items if isinstance(item, Detection)]
    lost = [item for item in items if isinstance(item, Loss)]
    new_detections = _insert_new(connection, detections, observed, lambda item: _detection_row(item, now))
    new_losses = _insert_new(connection, losses, lost, lambda item: _loss_row(item, now))
    place(connection, new_detections, revision=_next_revision(connection), now_ms=now)
    origins = {item.origin for item in items}
    _SEE_DEVICE.many(connection, [(origin.organisation, origin.device, now, now) for origin in origins])
    stored: list[Item] = [*new_detections, *new_losses]
    return {(item.origin, item.id) for item in stored}


def _insert_new(
    connection: Connection, table: Table, items: list[_ItemT], row: Callable[[_ItemT], Row]
) -> list[_ItemT]:
    """Insert the items that are not stored yet and answer them.

    Nearly always all are new: then one statement did it. If not, it is taken back and the known ones are
    looked up.
    """
    if not items:
        return items
    statement = _INSERTS[table]
    attempt = connection.begin_nested()
    if statement.many(connection, [row(item) for item in items]) == len(items):
        attempt.commit()
        return items
    attempt.rollback()
    known = _known(connection, table, items)
    fresh = [item for item in items if (item.origin, item.id) not in known]
    statement.many(connection, [row(item) for item in fresh])
    return fresh


def _known(connection: Connection, table: Table, items: Sequence[Item]) -> set[Key]:
    ids_of: dict[DeviceName, list[bytes]] = {}
    for item in items:
        ids_of.setdefault(item.origin, []).append(item.id)
    known: set[Key] = set()
    for origin, ids in ids_of.items():
        for start in range(0, len(ids), _IDS_AT_ONCE):
            query = select(table.c.id).where(
                table.c.organisation == origin.organisation,
                table.c.device == origin.device,
                table.c.id.in_(ids[start : start + _IDS_AT_ONCE]),
            )
            known.update((origin, found) for found in connection.scalars(query))
    return known


def _next_revision(connection: Connection) -> int:
    return int(connection.exec_driver_sql(_LAST_REVISION).scalar_one() or 0) + 1


def _detection_row(item: Detection, now: int) -> Row:
    evidence = item.evidence
    return (
        item.origin.organisation,
        item.origin.device,
        item.id,
        item.user,
        item.user_kind,
        item.source,
        item.application,
        item.theme,
        item.term,
        item.list_version,
        item.severity,
        item.lane,
        evidence.before,
        evidence.matched,
        evidence.after,
        json.dumps(item.addends) if item.addends else "[]",
        item.observed_at_ms,
        item.utc_offset_minutes,
        item.weight,
        item.typed_then_deleted,
        now,
    )


def _loss_row(item: Loss, now: int) -> Row:
    return (
        item.origin.organisation,
        item.origin.device,
        item.id,
        item.reason,
        item.count,
        item.first_at_ms,
        item.last_at_ms,
        now,
    )
