"""What goes into the spool, what comes out, and the plain bytes that are sealed in between. Pure.

Plain bytes of a record, little-endian::

    kind u8 (1 detection, 2 tally) | severity u8 | observed at, whole seconds since 1970, i64 | id, 16 bytes |
    length of user u16 | user, UTF-8 | serialised Detection

A tally stands for one counted repeat; its id is the id of the Detection that will report the repeats, and its
Detection is that report without evidence.
"""

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from lamplighter_agent.errors import RecordDamaged

MAX_PAYLOAD_BYTES = 64 * 1024
ID_BYTES = 16
_HEAD = struct.Struct("<BBq16sH")
# Newest first from here on: what the DSL must see at once.
SEVERE = 4


class Kind(IntEnum):
    """What a record in a segment stands for."""

    DETECTION = 1
    TALLY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDetection:
    """What `Spool.append` takes. `payload` is the serialised Detection message with the same id."""

    id: bytes
    user: str = field(repr=False)
    term: str = field(repr=False)
    severity: int
    observed_at: datetime
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedRecord:
    """What a lease holds: a serialised Detection, ready for the wire."""

    id: bytes
    severity: int
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolSettings:
    """Limits of decisions.md; tests make them small. `organisation` goes into the notices the spool makes."""

    organisation: str
    cap_bytes: int = 200 * 1024 * 1024
    keep: timedelta = timedelta(days=90)
    bucket: timedelta = timedelta(minutes=10)
    segment_bytes: int = 256 * 1024
    # Large enough for the largest ledger: 800 segments at the cap, with their bitmaps, twice.
    reserve_bytes: int = 384 * 1024
    quarantined_records: int = 64

    @property
    def user_share_bytes(self) -> int:
        """Return what one user's records may fill."""
        return self.cap_bytes // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The plain content of one record in a segment."""

    kind: Kind
    id: bytes
    severity: int
    user: str = field(repr=False)
    observed_seconds: int
    payload: bytes = field(repr=False)


def encode(entry: Entry) -> bytes:
    """Return the bytes to seal."""
    user = entry.user.encode("utf-8", "surrogatepass")
    head = _HEAD.pack(entry.kind, entry.severity, entry.observed_seconds, entry.id, len(user))
    return head + user + entry.payload


def decode(plain: bytes) -> Entry:
    """Read unsealed bytes; raises RecordDamaged where they make no sense."""
    try:
        kind, severity, observed, record_id, user_bytes = _HEAD.unpack_from(plain)
        payload_at = _HEAD.size + user_bytes
        return Entry(
            kind=Kind(kind),
            id=record_id,
            severity=severity,
            user=plain[_HEAD.size : payload_at].decode("utf-8", "surrogatepass"),
            observed_seconds=observed,
            payload=plain[payload_at:],
        )
    except (struct.error, ValueError) as error:
        raise RecordDamaged("a record's content does not decode") from error


def whole_seconds(moment: datetime) -> int:
    """Return seconds since 1970 in UTC; `moment` is aware."""
    return int(moment.timestamp())


def from_seconds(seconds: float) -> datetime:
    """Return an aware UTC time."""
    return datetime.fromtimestamp(seconds, UTC)
