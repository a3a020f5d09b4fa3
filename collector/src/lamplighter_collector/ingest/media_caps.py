"""How many scan receipts and requests the collector keeps of one device; what is over is counted.

A device is enrolled but not trusted: one that sends receipts without end would fill the store, and bury the
others' on the page. So of each device the newest stay, so many of one hour and so many in all, and of its
requests so many that nobody has answered. The sighting that a request is stays in the queue whatever comes
of the request. What was let go of is a loss of the device, one for each hour, so that somebody sees it.

The hours are those of the collector's own clock. Runs on the writer thread, in the transaction that stored
what is counted here.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import structlog
from lamplighter_protos.v1 import detection_pb2
from sqlalchemy import Table

from lamplighter_collector.db.driver import Cursor, DriverStatement
from lamplighter_collector.ingest.models import losses
from lamplighter_collector.media.models import media_requests, scan_receipts

HOUR_MS: Final = 3_600_000
RECEIPTS_AN_HOUR: Final = 200
"""A laptop that comes back after a holiday tells of all its scans at once."""
RECEIPTS_KEPT: Final = 2_000
REQUESTS_AN_HOUR: Final = 20
REQUESTS_WAITING: Final = 50
_EVERYTHING: Final = 1 << 40
"""SQLite wants a LIMIT before an OFFSET."""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """What is kept of one table."""

    table: Table
    reason: int
    an_hour: int
    in_all: int
    newest: str
    """The columns by which the newest is known."""
    among: str = ""
    """Which rows it is about; all where it is empty."""


RECEIPTS: Final = Cap(
    table=scan_receipts,
    reason=detection_pb2.LossNotice.REASON_RECEIPTS_OVER_CAP,
    an_hour=RECEIPTS_AN_HOUR,
    in_all=RECEIPTS_KEPT,
    newest="received_at DESC, made_at DESC, id DESC",
)
REQUESTS: Final = Cap(
    table=media_requests,
    reason=detection_pb2.LossNotice.REASON_REQUESTS_OVER_CAP,
    an_hour=REQUESTS_AN_HOUR,
    in_all=REQUESTS_WAITING,
    newest="received_at DESC, asked_at DESC, id DESC",
    # What was answered is what a permission was given for.
    among=" AND answered_at IS NULL",
)


def _more(old: Any, new: Any) -> dict[str, Any]:
    return {"count": old.count + new.count, "last_at": new.last_at}


_COUNT: Final = DriverStatement(losses, _more)


class MediaCaps:
    """Of one store; remembers whom it spoke of, so that a flood is no flood of lines."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str, int], int] = {}

    def keep_to(self, cursor: Cursor, cap: Cap, devices: Collection[tuple[str, str]], now_ms: int) -> None:
        """Let go of what is over the cap of these devices (organisation and name), and count it."""
        for organisation, device in sorted(set(devices)):
            over = _let_go(cursor, cap, (organisation, device), now_ms)
            if over:
                self._say(cursor, cap, (organisation, device), over, now_ms)

    def _say(self, cursor: Cursor, cap: Cap, of: tuple[str, str], over: int, now_ms: int) -> None:
        hour = now_ms // HOUR_MS
        row = (*of, _loss_id(cap, hour), int(cap.reason), over, now_ms, now_ms, now_ms)
        _COUNT.many(cursor, [row])
        if self._said.get((*of, cap.reason)) != hour:
            self._said[(*of, cap.reason)] = hour
            _log.warning("media-over-cap", device=of[1], table=cap.table.name)


def _let_go(cursor: Cursor, cap: Cap, of: tuple[str, str], now_ms: int) -> int:
    mark, table = cursor.mark, cap.table.name
    theirs = f"organisation = {mark} AND device = {mark}"
    some = f"SELECT id FROM {table} WHERE {theirs}{cap.among}"  # noqa: S608 - our names
    order = f"ORDER BY {cap.newest} LIMIT {_EVERYTHING} OFFSET"
    over = 0
    for newer, times, most in (
        (f" AND received_at > {mark}", (now_ms - HOUR_MS,), cap.an_hour),
        ("", (), cap.in_all),
    ):
        sql = f"DELETE FROM {table} WHERE {theirs} AND id IN ({some}{newer} {order} {mark})"  # noqa: S608 - our names
        over += cursor.execute(sql, (*of, *of, *times, most))
    return over


def _loss_id(cap: Cap, hour: int) -> bytearray:
    """The same on every collector, so that one hour of one device is one loss."""
    told = f"{cap.table.name}\0{hour}".encode()
    return bytearray(hashlib.blake2b(told, digest_size=16, person=b"media over cap").digest())
