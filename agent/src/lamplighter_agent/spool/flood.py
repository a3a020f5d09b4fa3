"""The flood rule: of one user and term the first match of a bucket is stored, repeats are counted. Pure.

A bucket is closed by the lease that takes its count, or by a restart; from then on its count is final, so
that sending it again says the same, and the next match of that user and term is stored whole. A repeat of
higher severity than the bucket's first is stored whole and begins a bucket of its own: a threat that grows
more serious must not vanish in a count.

The report of the repeats is a Detection like the first one, without evidence; its id follows from the first
one's.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from google.protobuf.message import DecodeError
from lamplighter_protos.v1.detection_pb2 import Detection

from lamplighter_agent.spool.entry import ID_BYTES, StoredDetection, from_seconds, whole_seconds
from lamplighter_agent.spool.segment import Segment


@dataclass(slots=True, kw_only=True, eq=False)
class Bucket:
    """One user's repeats of one term. `places`: sequence number of each tally, and its segment."""

    id: bytes
    user: str = field(repr=False)
    severity: int
    starts: datetime
    ends: datetime
    # The serialised report, its `repeats` not yet set.
    report: bytes = field(repr=False)
    observed_seconds: int
    places: dict[int, Segment] = field(default_factory=dict)
    closed: bool = False
    held: bool = False

    def over(self, now: datetime) -> bool:
        """Tell whether nothing more belongs here; also after the clock was set back."""
        return self.closed or now >= self.ends or now < self.starts - (self.ends - self.starts)

    def payload(self) -> bytes:
        """Return the report with its count."""
        report = Detection.FromString(self.report)
        report.repeats = min(len(self.places), 2**32 - 1)
        return report.SerializeToString()


def repeats_id(first_id: bytes) -> bytes:
    """Return the id under which the repeats of a first match are reported."""
    return hashlib.sha256(first_id + b"repeats").digest()[:ID_BYTES]


def report_of(detection: StoredDetection) -> bytes | None:
    """Return the serialised report of repeats of `detection`.

    None if its payload can't be read, or is a count itself: counts are stored as they are.
    """
    try:
        report = Detection.FromString(detection.payload)
    except DecodeError:
        return None
    if report.repeats:
        return None
    report.id = repeats_id(detection.id)
    report.ClearField("evidence")
    return report.SerializeToString()


class Buckets:
    """All buckets that may still take a repeat or still owe their count."""

    def __init__(self, length: timedelta) -> None:
        self._length = length
        self._current: dict[tuple[str, str], Bucket] = {}
        self._owing: dict[bytes, Bucket] = {}
        self._purged: datetime | None = None
        self._by_seq: dict[int, Bucket] = {}

    def find(self, detection: StoredDetection) -> Bucket | None:
        """Return the bucket this repeat belongs to, or None if it is a first match."""
        bucket = self._current.get((detection.user, detection.term))
        if bucket is None or bucket.closed or detection.severity > bucket.severity:
            return None
        return bucket if bucket.starts <= detection.observed_at < bucket.ends else None

    def begin(self, detection: StoredDetection, now: datetime) -> None:
        """Note a first match that has just been stored."""
        report = report_of(detection)
        if report is None:
            return
        # Once a bucket's length, not at each first match: that would be quadratic in a flood of terms.
        if self._purged is None or abs(now - self._purged) >= self._length:
            self._purged = now
            self._current = {key: b for key, b in self._current.items() if not b.over(now)}
        seconds = self._length.total_seconds()
        starts = from_seconds(detection.observed_at.timestamp() // seconds * seconds)
        self._current[detection.user, detection.term] = Bucket(
            id=repeats_id(detection.id),
            user=detection.user,
            severity=detection.severity,
            starts=starts,
            ends=starts + self._length,
            report=report,
            observed_seconds=whole_seconds(detection.observed_at),
        )

    def add(self, bucket: Bucket, segment: Segment, seq: int) -> None:
        """Note a tally that is stored, one for each repeat."""
        bucket.places[seq] = segment
        self._owing[bucket.id] = bucket
        self._by_seq[seq] = bucket

    def drop(self, seq: int) -> None:
        """Forget one tally that had to go; its bucket is not held."""
        bucket = self._by_seq.pop(seq, None)
        if bucket is None:
            return
        del bucket.places[seq]
        if not bucket.places:
            self._owing.pop(bucket.id, None)

    def settle(self, bucket: Bucket) -> None:
        """Forget a bucket whose report is settled."""
        self._owing.pop(bucket.id, None)
        for seq in bucket.places:
            self._by_seq.pop(seq, None)

    def due(self, now: datetime) -> Iterator[Bucket]:
        """Return the buckets whose count can be taken."""
        return (b for b in list(self._owing.values()) if not b.held and b.over(now))

    def next_due(self) -> datetime | None:
        """Return when the next bucket closes by itself."""
        return min((b.ends for b in self._owing.values() if not b.held), default=None)
