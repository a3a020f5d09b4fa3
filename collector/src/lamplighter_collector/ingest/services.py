"""Store a group of items exactly once and place them in incidents, in one transaction.

``accept`` answers only after the commit; when it raises, nothing of the group is stored. Exact dedupe is the
primary key (organisation, device, id). Runs on the writer thread only.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, Protocol

from sqlalchemy import Engine, case

from lamplighter_collector.clock import now_ms
from lamplighter_collector.db.driver import Cursor, DriverStatement, Row, transaction
from lamplighter_collector.db.faults import translated
from lamplighter_collector.devices.acknowledgements import acknowledgements
from lamplighter_collector.devices.gate import Gate
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.errors import NotStorable
from lamplighter_collector.grouping.services import place, take_turns
from lamplighter_collector.ingest.arrival import Answered, Arrival, Key, Scanned
from lamplighter_collector.ingest.media_caps import RECEIPTS, REQUESTS, MediaCaps
from lamplighter_collector.ingest.models import detections, losses, subjects
from lamplighter_collector.ingest.signposts import Misplaced, Signposts
from lamplighter_collector.media.models import media_requests, scan_receipts

_IDS_AT_ONCE: Final = 500
_STORE_DETECTION: Final = DriverStatement(detections)
_STORE_LOSS: Final = DriverStatement(losses)
_STORE_ANSWER: Final = DriverStatement(acknowledgements)
_STORE_RECEIPT: Final = DriverStatement(scan_receipts)
_STORE_REQUEST: Final = DriverStatement(media_requests)
_LOOK_UP: Final = tuple(
    f"SELECT id FROM {table} WHERE organisation = {{mark}} AND device = {{mark}} AND id IN ({{marks}})"  # noqa: S608 - our names
    for table in (detections.name, losses.name, acknowledgements.name, scan_receipts.name)
)
_BESIDE: Final = (Answered, Scanned, type(None))
"""Kept beside the detections, never among them."""
_SEEN_EVERY_MS: Final = 60_000
_SEE_DEVICE: Final = (
    "UPDATE devices SET last_seen_at = {mark} WHERE organisation = {mark} AND device = {mark}"
)
_SUBJECTS_KEPT: Final = 50_000


def _known_better(old: Any, new: Any) -> dict[str, Any]:
    """What a subject becomes: the same in any order. A device may not know what another does."""
    return {"user_kind": case((new.user_kind > old.user_kind, new.user_kind), else_=old.user_kind)}


_INTRODUCE: Final = DriverStatement(subjects, _known_better)


class Store(Protocol):
    """What the writer thread needs of a store."""

    def accept(self, arrivals: Sequence[Arrival], senders: Collection[DeviceName]) -> list[bool]:
        """Store a group; for each item, whether it was new. All or nothing.

        Raises:
            SendersRefused: one of the devices that sent them is not served any more.
            StoreUnavailable: the same group may succeed later.
            NotStorable: some item of the group never will.
        """


class _Replayed(Exception):
    """Some items of the group are stored already, so they must be looked up before anything is written."""


class SqlStore:
    """The store over a writing engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._gate = Gate()
        self._signposts = Signposts()
        self._caps = MediaCaps()
        self._seen: dict[tuple[str, str], int] = {}
        self._introduced: set[Row] = set()

    def accept(self, arrivals: Sequence[Arrival], senders: Collection[DeviceName] = ()) -> list[bool]:
        distinct = {arrival.key: arrival for arrival in reversed(arrivals)}
        try:
            with translated():
                fresh = self._store(distinct, senders)
        except (ValueError, OverflowError) as error:
            # The driver refused a value before any SQL ran. By type only: its text may quote the value.
            raise NotStorable(type(error).__name__) from None
        if len(fresh) == len(arrivals):
            return [True] * len(arrivals)
        new = []
        for arrival in arrivals:
            new.append(arrival.key in fresh)
            fresh.discard(arrival.key)
        return new

    def _store(self, distinct: dict[Key, Arrival], senders: Collection[DeviceName]) -> set[Key]:
        """Store what is new and answer its keys.

        Nearly always all is new: then nothing is looked up. If not, the attempt is rolled back and made again
        with what is left. Written in the order of the keys, so that two collectors on one database, given the
        same items, wait for each other but never in a circle.
        """
        distinct = dict(sorted(distinct.items()))
        replayed = False
        while True:
            try:
                with transaction(self._engine) as cursor:
                    self._gate.check(cursor, senders)
                    if replayed:
                        known = _known(cursor, distinct)
                        distinct = {key: arrival for key, arrival in distinct.items() if key not in known}
                    self._write(cursor, self._signposts.placed(list(distinct.values())))
            except Misplaced:  # such as by a link that was made meanwhile
                continue
            except _Replayed:  # again when another collector stored one between our looking and writing
                replayed = True
            else:
                self._remember(distinct.values())
                return set(distinct)

    def _write(self, cursor: Cursor, arrivals: Sequence[Arrival]) -> None:
        lost = [arrival.row for arrival in arrivals if arrival.place is None]
        said = [arrival.row for arrival in arrivals if isinstance(arrival.place, Answered)]
        scans = [arrival for arrival in arrivals if isinstance(arrival.place, Scanned)]
        seen = [arrival.row for arrival in arrivals if not isinstance(arrival.place, _BESIDE)]
        stored = _STORE_DETECTION.many(cursor, seen)
        stored += _STORE_LOSS.many(cursor, lost) + _STORE_ANSWER.many(cursor, said)
        stored += _STORE_RECEIPT.many(cursor, [scan.row for scan in scans])
        if stored < len(arrivals):
            raise _Replayed
        now = now_ms()
        self._caps.keep_to(cursor, RECEIPTS, [scan.key[:2] for scan in scans], now)
        revisions = take_turns(cursor, arrivals)
        self._signposts.check(cursor, arrivals)
        self._ask(cursor, arrivals, now)
        place(cursor, arrivals, revisions, now_ms=now)
        self._introduce(cursor, arrivals)
        for device in self._due(arrivals, now):
            cursor.execute(_SEE_DEVICE.format(mark=cursor.mark), (now, *device))

    def _ask(self, cursor: Cursor, arrivals: Iterable[Arrival], now: int) -> None:
        """Store requests. Each is beside a detection that is stored for the first time, so it is new, too."""
        asked = {arrival.key: arrival.request for arrival in arrivals if arrival.request is not None}
        _STORE_REQUEST.many(cursor, list(asked.values()))
        self._caps.keep_to(cursor, REQUESTS, [key[:2] for key in asked], now)

    def _introduce(self, cursor: Cursor, arrivals: Iterable[Arrival]) -> None:
        """Store whom detections are about, in one order for all collectors."""
        due = {row[:3]: row for row in _subjects(arrivals) if row[:3] not in self._introduced}
        if due:
            # Of one subject the row with the highest kind: a statement may not meet a key twice.
            chosen = {key[:2]: due[key] for key in sorted(due, key=str)}
            _INTRODUCE.many(cursor, list(chosen.values()))

    def _remember(self, arrivals: Collection[Arrival]) -> None:
        """After the commit only: who was rolled back is not stored."""
        if len(self._introduced) >= _SUBJECTS_KEPT:
            self._introduced.clear()
        self._introduced.update(row[:3] for row in _subjects(arrivals))
        now = now_ms()
        self._seen.update(dict.fromkeys(self._due(arrivals, now), now))

    def _due(self, arrivals: Iterable[Arrival], now: int) -> list[tuple[str, str]]:
        """The devices whose delivering is to be noted, to the minute; in one order for all collectors."""
        devices_ = {arrival.key[:2] for arrival in arrivals}
        return [each for each in sorted(devices_) if now - self._seen.get(each, 0) >= _SEEN_EVERY_MS]


def _subjects(arrivals: Iterable[Arrival]) -> list[Row]:
    """Whom the arrivals are about. A batch is mostly about one, whose row is the same object each time."""
    rows = {id(arrival.subject): arrival.subject for arrival in arrivals}
    return [row for row in rows.values() if row is not None]


def _known(cursor: Cursor, keys: Iterable[Key]) -> set[Key]:
    ids_of: dict[tuple[str, str], list[bytes]] = {}
    for organisation, device, id_ in keys:
        ids_of.setdefault((organisation, device), []).append(id_)
    known: set[Key] = set()
    for (organisation, device), ids in ids_of.items():
        for start in range(0, len(ids), _IDS_AT_ONCE):
            some = ids[start : start + _IDS_AT_ONCE]
            marks = ",".join([cursor.mark] * len(some))
            for query in _LOOK_UP:
                cursor.execute(query.format(mark=cursor.mark, marks=marks), (organisation, device, *some))
                known.update(
                    (organisation, device, row[0]) for row in cursor.rows() if isinstance(row[0], bytes)
                )
    return known
