"""The offline store of detections: sealed, durable, bounded, exact.

For the composition::

    sealer = Sealer.from_store(FileKeyStore(state_folder))
    spool = Spool.open(folder, sealer=sealer, clock=clock, settings=SpoolSettings(organisation=...))
    spool.append(StoredDetection(...))     the id, durable; None: a repeat, durably counted
    spool.count_loss(reason, count)        a loss seen elsewhere, durably counted
    lease = spool.lease(limit=100)         lease.records; lease.commit(ids), .rollback(), .quarantine(id, why)
    spool.next_due()                       when a lease will find repeats that it can't see yet
    spool.close()

Every call does file I/O and is safe from any thread; a service with an event loop uses
`worker.SpoolWorker`. The spool has no thread and no timer.

What it promises
- An id that `append` returned is leased until it is committed or refused, through kill -9 and power loss; a
None
  is part of exactly one later Detection with `repeats`. Nothing is leased twice before its lease is settled.
- `open` never fails because of damaged files; damage costs the records it touched, which are counted.
- Every drop is counted in the save that makes it: cap, age, damage, refusal, full disk. **Where `append`
  raises SpoolError the loss is already counted here: the caller must not count it again.** Losses leave as
  Detections of source LOSS by the same leases.

Not promised: that the wall clock is right. Age goes by it (future times don't expire).
"""

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from lamplighter_agent.clock import Clock
from lamplighter_agent.errors import RecordDamaged, SpoolError, SpoolFull
from lamplighter_agent.spool import losses as loss_rows
from lamplighter_agent.spool import record
from lamplighter_agent.spool.entry import (
    ID_BYTES,
    MAX_PAYLOAD_BYTES,
    Entry,
    Kind,
    LeasedRecord,
    SpoolSettings,
    StoredDetection,
    from_seconds,
    whole_seconds,
)
from lamplighter_agent.spool.flood import Bucket, Buckets
from lamplighter_agent.spool.lease import Held, Lease
from lamplighter_agent.spool.losses import Reason
from lamplighter_agent.spool.room import make_room
from lamplighter_agent.spool.sealer import TAG_BYTES, Sealer
from lamplighter_agent.spool.segment import Segment, State
from lamplighter_agent.spool.shelf import Refused, Shelf

_log = structlog.get_logger(__name__)
# Framing, tag, envelope: what a record takes beside its user's name and payload.
_AROUND_BYTES = record.OVERHEAD_BYTES + TAG_BYTES + 32
MAX_LEASE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolFigures:
    """For `status`: counts and bytes, never content."""

    live_records: int
    segments: int
    bytes_on_disk: int
    set_aside: int
    losses_owed: int


class Spool:
    """See the module. One per folder and process."""

    def __init__(self, shelf: Shelf, refused: Refused, *, clock: Clock, settings: SpoolSettings) -> None:
        self._shelf = shelf
        self._refused = refused
        self._clock = clock
        self._settings = settings
        self._buckets = Buckets(settings.bucket)
        self._lock = threading.RLock()
        self._closed = False

    @classmethod
    def open(cls, folder: Path, *, sealer: Sealer, clock: Clock, settings: SpoolSettings) -> "Spool":
        """Read the folder back, whatever state it is in. SpoolError only if it can't be made or listed."""
        shelf = Shelf(folder, sealer=sealer, clock=clock, settings=settings)
        refused = Refused(folder / "refused", sealer=sealer, most=settings.quarantined_records)
        spool = cls(shelf, refused, clock=clock, settings=settings)
        spool._take_over()
        return spool

    def append(self, detection: StoredDetection) -> bytes | None:
        """Store a detection durably and return its id, or count it as a repeat, durably, and return None.

        Raises SpoolFull where cap or disk has no room, SpoolError for a payload over 64 KiB; both are
        counted.
        """
        if len(detection.id) != ID_BYTES:
            raise ValueError(f"an id has {ID_BYTES} bytes, not {len(detection.id)}")
        with self._lock:
            self._require_open()
            if len(detection.payload) > MAX_PAYLOAD_BYTES:
                self.count_loss(Reason.REASON_INPUT_OVERFLOW)
                raise SpoolError(f"a detection over {MAX_PAYLOAD_BYTES} bytes")
            bucket = self._buckets.find(detection)
            if bucket is not None:
                tally = _entry(detection, kind=Kind.TALLY, record_id=bucket.id, payload=bucket.report)
                self._buckets.add(bucket, *self._store(tally))
                return None
            self._store(
                _entry(detection, kind=Kind.DETECTION, record_id=detection.id, payload=detection.payload)
            )
            self._buckets.begin(detection, self._clock.now())
            return detection.id

    def count_loss(
        self,
        reason: "Reason.ValueType",
        count: int = 1,
        *,
        first: datetime | None = None,
        last: datetime | None = None,
    ) -> None:
        """Count, durably, what was lost between `first` and `last`; without them, now."""
        now = self._clock.now()
        with self._lock:
            self._require_open()
            self._shelf.losses.count(reason, count, first or last or now, last or now)
            self._shelf.save()

    def lease(self, limit: int = 100, max_bytes: int = MAX_LEASE_BYTES) -> Lease:
        """Take up to `limit` records: severe ones newest first, losses, repeats, the rest oldest first."""
        with self._lock:
            self._require_open()
            now = self._clock.now()
            self._expire(now)
            taking = _Taking(limit, max_bytes)
            self._take_stored(taking, State.SEVERE)
            self._take_losses(taking)
            self._take_repeats(taking, now)
            self._take_stored(taking, State.ORDINARY)
            if taking.must_save:
                self._shelf.save()
            return Lease(self, taking.held)

    def has_pending(self) -> bool:
        """Tell whether a lease would hold something now."""
        with self._lock:
            self._require_open()
            return (
                any(True for state in (State.SEVERE, State.ORDINARY) for _ in self._shelf.live(state))
                or any(True for _ in self._shelf.losses.pending())
                or any(True for _ in self._buckets.due(self._clock.now()))
            )

    def next_due(self) -> datetime | None:
        """Return when repeats that are still being counted can be leased; None if there are none."""
        with self._lock:
            return self._buckets.next_due()

    def figures(self) -> SpoolFigures:
        with self._lock:
            segments = self._shelf.segments
            return SpoolFigures(
                live_records=sum(segment.live for segment in segments),
                segments=len(segments),
                bytes_on_disk=self._shelf.size,
                set_aside=self._refused.count(),
                losses_owed=sum(row.count for row in self._shelf.losses.rows),
            )

    def close(self) -> None:
        """Save and let go of the files; leases that are out come back at the next open. Idempotent."""
        with self._lock:
            if not self._closed:
                self._shelf.close()
                self._closed = True

    # What a Lease calls.

    def commit_held(self, held: list[Held]) -> None:
        with self._lock:
            self._settle(held)

    def release_held(self, held: list[Held]) -> None:
        with self._lock:
            for one in held:
                if one.segment is not None:
                    one.segment.release(one.seq)
                if one.bucket is not None:
                    one.bucket.held = False
                    for seq, segment in one.bucket.places.items():
                        segment.set_state(seq, State.TALLY)
                if one.loss is not None:
                    self._shelf.losses.release(one.loss)

    def refuse_held(self, held: list[Held], reason: str) -> None:
        with self._lock:
            now = self._clock.now()
            for one in held:
                _log.warning("record_refused", id=one.record.id.hex(), reason=reason)
                self._refused.keep(_refused_entry(one))
                # A refused notice is told once more; telling of that one's refusal, too, would never end.
                if one.loss is None or one.loss.reason != Reason.REASON_REFUSED_BY_COLLECTOR:
                    observed = from_seconds(one.observed_seconds)
                    self._shelf.losses.count(
                        Reason.REASON_REFUSED_BY_COLLECTOR, _stands_for(one), min(observed, now), now
                    )
            self._settle(held)

    def _settle(self, held: list[Held]) -> None:
        if not held or self._closed:
            return
        for one in held:
            if one.segment is not None:
                self._shelf.finish(one.segment, one.seq)
            if one.bucket is not None:
                self._buckets.settle(one.bucket)
                for seq, segment in one.bucket.places.items():
                    self._shelf.finish(segment, seq)
            if one.loss is not None:
                self._shelf.losses.settle(one.loss)
        self._shelf.save()

    def _take_over(self) -> None:
        """Count what recovery found lost, rebuild the buckets, save."""
        found = self._shelf.found
        buckets: dict[bytes, Bucket] = {}
        for segment, seq, entry in found.tallies:
            bucket = buckets.get(entry.id)
            if bucket is None:
                observed = from_seconds(entry.observed_seconds)
                bucket = buckets[entry.id] = Bucket(
                    id=entry.id,
                    user=entry.user,
                    severity=entry.severity,
                    starts=observed,
                    ends=observed,
                    report=entry.payload,
                    observed_seconds=entry.observed_seconds,
                    closed=True,
                )
            self._buckets.add(bucket, segment, seq)
        self._count_damage(found.lost)
        found.tallies.clear()
        found.lost = 0
        self._shelf.save()
        for path in found.unreadable:
            self._refused.set_aside(path)

    def _store(self, entry: Entry) -> tuple[Segment, int]:
        size = _AROUND_BYTES + len(entry.user.encode("utf-8", "surrogatepass")) + len(entry.payload)
        try:
            make_room(self._shelf, self._settings, entry, size=size, drop=self._drop)
        except SpoolFull:
            self.count_loss(Reason.REASON_SPOOL_CAP)
            raise
        finally:
            self._count_rewritten()
        try:
            return self._shelf.put(entry)
        except SpoolFull:
            self.count_loss(Reason.REASON_DISK_FULL)
            raise

    def _drop(self, segment: Segment, seq: int) -> None:
        self._lose(segment, seq, Reason.REASON_SPOOL_CAP)

    def _lose(self, segment: Segment, seq: int, reason: "Reason.ValueType") -> None:
        observed = from_seconds(segment.observed[seq - segment.base])
        self._shelf.losses.count(reason, 1, observed, observed)
        self._buckets.drop(seq)
        self._shelf.finish(segment, seq)

    def _count_rewritten(self) -> None:
        """Count records that a rewrite could not read."""
        if self._shelf.found.lost:
            self._count_damage(self._shelf.found.lost)
            self._shelf.found.lost = 0
            self._shelf.save()

    def _count_damage(self, count: int) -> None:
        if count:
            now = self._clock.now()
            self._shelf.losses.count(Reason.REASON_SPOOL_DAMAGED, count, now, now)
            _log.warning("spool_damaged", records=count)

    def _expire(self, now: datetime) -> None:
        oldest = whole_seconds(now - self._settings.keep)
        expired = [(s, seq) for s in self._shelf.segments for seq in s.older_than(oldest)]
        for segment, seq in expired:
            self._lose(segment, seq, Reason.REASON_SPOOL_EXPIRED)
        if expired:
            self._shelf.save()

    def _take_stored(self, taking: "_Taking", state: State) -> None:
        for segment, seq in self._shelf.live(state, newest_first=state is State.SEVERE):
            if taking.full:
                return
            try:
                entry = segment.read(seq)
            except RecordDamaged:
                self._lose(segment, seq, Reason.REASON_SPOOL_DAMAGED)
                taking.must_save = True
                continue
            leased = LeasedRecord(id=entry.id, severity=entry.severity, payload=entry.payload)
            observed = entry.observed_seconds
            one = Held(record=leased, user=entry.user, observed_seconds=observed, segment=segment, seq=seq)
            if not taking.add(one):
                return
            segment.set_state(seq, State.HELD)

    def _take_losses(self, taking: "_Taking") -> None:
        for row in self._shelf.losses.pending():
            payload = loss_rows.notice(row, self._settings.organisation)
            leased = LeasedRecord(id=row.id, severity=0, payload=payload)
            if not taking.add(Held(record=leased, observed_seconds=row.first_seconds, loss=row)):
                return
            taking.must_save |= self._shelf.losses.hold(row)

    def _take_repeats(self, taking: "_Taking", now: datetime) -> None:
        for bucket in self._buckets.due(now):
            leased = LeasedRecord(id=bucket.id, severity=bucket.severity, payload=bucket.payload())
            observed = bucket.observed_seconds
            if not taking.add(
                Held(record=leased, user=bucket.user, observed_seconds=observed, bucket=bucket)
            ):
                return
            bucket.closed = bucket.held = True
            for seq, segment in bucket.places.items():
                segment.set_state(seq, State.HELD)

    def _require_open(self) -> None:
        if self._closed:
            raise SpoolError("the spool is closed")


class _Taking:
    """Fills one lease up to its limits; a first record is taken whatever its size."""

    def __init__(self, limit: int, max_bytes: int) -> None:
        self.held: list[Held] = []
        self.must_save = False
        self._limit = limit
        self._room = max_bytes

    @property
    def full(self) -> bool:
        return len(self.held) >= self._limit

    def add(self, held: Held) -> bool:
        size = len(held.record.payload)
        if self.full or (self.held and size > self._room):
            return False
        self.held.append(held)
        self._room -= size
        return True


def _entry(detection: StoredDetection, *, kind: Kind, record_id: bytes, payload: bytes) -> Entry:
    return Entry(
        kind=kind,
        id=record_id,
        severity=detection.severity,
        user=detection.user,
        observed_seconds=whole_seconds(detection.observed_at),
        payload=payload,
    )


def _stands_for(held: Held) -> int:
    """Return how many findings are gone with this record."""
    if held.loss is not None:
        return held.loss.count
    return len(held.bucket.places) if held.bucket else 1


def _refused_entry(held: Held) -> Entry:
    return Entry(
        kind=Kind.DETECTION,
        id=held.record.id,
        severity=held.record.severity,
        user=held.user,
        observed_seconds=held.observed_seconds,
        payload=held.record.payload,
    )
