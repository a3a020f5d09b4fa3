"""What is owed: for each segment which records are settled, and every loss not yet delivered.

The ledger is written whole, in turn into two files of fixed, preallocated size (`ledger.a`, `ledger.b`),
each with a growing generation; the newest sound one counts. In place instead of write-aside-and-rename,
because it needs no free space: on a full disk a loss can still be written down and a segment freed, and it
costs one fdatasync. A save cut short leaves the other file. Settled records and the losses they became are
in one save, so that no crash counts a loss twice or not at all.

Losing both files means that everything still stored is sent again, which the collector takes as duplicates.

One copy, little-endian; each file holds it twice where it fits, so that a scratch costs nothing::

    magic "LAMPLED1" | length of body u32 | CRC-32 of body u32 | body
    body: generation u64 | next sequence number u64 | next segment id u64 | rows u32 | losses u32 | rows |
    losses row: segment id u64 | base u64 | rows n u32 | active u8 | ceil(n / 8) bytes, a set bit = settled
    loss: id 16 bytes | reason u8 | closed u8 | count u64 | first i64 | last i64 (seconds since 1970)

A row's `active` says that records may have been added after this save.
"""

import os
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from lamplighter_agent.backends.select_files import disk, durability
from lamplighter_agent.spool.segment import write_all

_MAGIC = b"LAMPLED1"
_COPY = struct.Struct("<8sII")
_BODY = struct.Struct("<QQQII")
_ROW = struct.Struct("<QQIB")
_LOSS = struct.Struct("<16sBBQqq")
_NAMES = ("ledger.a", "ledger.b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One segment. `done`: a "0" or "1" for each sequence number from `base` on."""

    segment_id: int
    base: int
    done: bytes
    active: bool

    @property
    def end(self) -> int:
        return self.base + len(self.done)

    @property
    def owed(self) -> int:
        """Return how many records are not settled."""
        return self.done.count(b"0")


@dataclass(slots=True, kw_only=True)
class LossRow:
    """A counted loss. Once `closed` its count is final, because it may have been sent."""

    id: bytes
    reason: int
    count: int
    first_seconds: int
    last_seconds: int
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The content of one save."""

    generation: int = 0
    next_seq: int = 1
    next_segment: int = 1
    rows: tuple[Row, ...] = ()
    losses: tuple[LossRow, ...] = field(default=())


def encode(ledger: Ledger) -> bytes:
    """Return one copy."""
    counts = (len(ledger.rows), len(ledger.losses))
    body = bytearray(_BODY.pack(ledger.generation, ledger.next_seq, ledger.next_segment, *counts))
    for row in ledger.rows:
        length = len(row.done)
        body += _ROW.pack(row.segment_id, row.base, length, row.active)
        body += int(row.done or b"0", 2).to_bytes((length + 7) // 8, "little")
    for loss in ledger.losses:
        body += _LOSS.pack(
            loss.id, loss.reason, loss.closed, loss.count, loss.first_seconds, loss.last_seconds
        )
    return _COPY.pack(_MAGIC, len(body), zlib.crc32(body)) + body


def decode(data: bytes) -> Ledger | None:
    """Return the first sound copy in `data`."""
    position = data.find(_MAGIC)
    while position >= 0:
        if len(data) - position >= _COPY.size:
            _, length, crc = _COPY.unpack_from(data, position)
            body = data[position + _COPY.size : position + _COPY.size + length]
            if len(body) == length and zlib.crc32(body) == crc:
                return _decode_body(body)
        position = data.find(_MAGIC, position + 1)
    return None


def _decode_body(body: bytes) -> Ledger:
    generation, next_seq, next_segment, row_count, loss_count = _BODY.unpack_from(body)
    position = _BODY.size
    rows = []
    for _ in range(row_count):
        segment_id, base, length, active = _ROW.unpack_from(body, position)
        position += _ROW.size
        bits = int.from_bytes(body[position : position + (length + 7) // 8], "little")
        position += (length + 7) // 8
        done = f"{bits:0{length}b}".encode() if length else b""
        rows.append(Row(segment_id=segment_id, base=base, done=done, active=bool(active)))
    losses = []
    for _ in range(loss_count):
        loss_id, reason, closed, count, first, last = _LOSS.unpack_from(body, position)
        position += _LOSS.size
        losses.append(
            LossRow(
                id=loss_id,
                reason=reason,
                count=count,
                first_seconds=first,
                last_seconds=last,
                closed=bool(closed),
            )
        )
    return Ledger(
        generation=generation,
        next_seq=next_seq,
        next_segment=next_segment,
        rows=tuple(rows),
        losses=tuple(losses),
    )


class LedgerFiles:
    """The two files. `save` is durable when it returns."""

    def __init__(self, folder: Path, reserve_bytes: int) -> None:
        self._folder = folder
        self._reserve_bytes = reserve_bytes
        self._generation = 0

    def load(self) -> Ledger | None:
        """Return the newest sound save, or None where there is none."""
        found = [ledger for name in _NAMES if (ledger := self._load(self._folder / name)) is not None]
        newest = max(found, key=lambda ledger: ledger.generation, default=None)
        self._generation = newest.generation if newest else 0
        return newest

    def save(self, ledger: Ledger) -> None:
        """Write over the older of the two; the generation is set here. Raises OSError."""
        generation = self._generation + 1
        numbered = Ledger(
            generation=generation,
            next_seq=ledger.next_seq,
            next_segment=ledger.next_segment,
            rows=ledger.rows,
            losses=ledger.losses,
        )
        copy = encode(numbered)
        data = copy * 2 if len(copy) * 2 <= self._reserve_bytes else copy
        path = self._folder / _NAMES[generation % 2]
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | disk.FLAGS, 0o600)
        try:
            if os.fstat(descriptor).st_size < self._reserve_bytes:
                self._reserve(descriptor)
                disk.sync_folder(self._folder)
            write_all(descriptor, data, 0)
            durability.sync(descriptor)
        finally:
            os.close(descriptor)
        self._generation = generation

    def _reserve(self, descriptor: int) -> None:
        try:
            durability.reserve(descriptor, self._reserve_bytes)
        except OSError:
            # A disk that is full already: this save may still fit without a reserve.
            return

    @staticmethod
    def _load(path: Path) -> Ledger | None:
        try:
            return decode(path.read_bytes())
        except (OSError, struct.error, ValueError):
            return None
