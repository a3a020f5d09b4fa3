"""One segment: a file of sealed records, and in memory a compact row for each of them.

A file is two copies of a header, then records (see `record`). Header, little-endian, 104 bytes::

    magic "LAMPSPL1" | version u16 | zero u16 | segment id u64 | created, seconds since 1970, i64 |
    key id, 8 bytes | salt, 4 bytes | wrapped data key, 60 bytes | CRC-32 of all before, u32

The header, not the file's name, says which segment it is, so that swapped names cost nothing; the second copy
serves when the first is damaged. Records are appended and made durable one by one; only the last segment is
written to. When nothing in the last segment is live any more it is cut back to its header, so that what was
delivered doesn't linger; sequence numbers go on, so no nonce is used twice. A segment with many dead bytes is
rewritten aside under a fresh salt and renamed over the old file.

A row is a few bytes in arrays, because at the cap there are hundreds of thousands. Not thread safe: the Spool
holds the lock.
"""

import os
import struct
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from lamplighter_agent.backends.select_files import disk, durability
from lamplighter_agent.errors import RecordDamaged
from lamplighter_agent.files import replace_whole
from lamplighter_agent.spool import entry as entries
from lamplighter_agent.spool import record
from lamplighter_agent.spool.entry import Entry
from lamplighter_agent.spool.sealer import Sealer, SealHeader, SegmentSeal

SUFFIX = ".seg"
_MAGIC = b"LAMPSPL1"
_VERSION = 1
_HEADER = struct.Struct("<8sHHQq8s4s60sI")
HEADER_BYTES = 2 * _HEADER.size


class State(IntEnum):
    """What a row stands for. The first four are live."""

    DONE = 0
    ORDINARY = 1
    SEVERE = 2
    TALLY = 3
    HELD = 4


# For the ledger: one character for each row, "1" where nothing is owed any more.
_AS_BITS = bytes.maketrans(bytes(range(5)), b"10000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a segment's file says about itself."""

    segment_id: int
    seal: SealHeader

    def encode(self, created_seconds: int) -> bytes:
        """Return both copies."""
        seal = self.seal
        body = _HEADER.pack(
            _MAGIC,
            _VERSION,
            0,
            self.segment_id,
            created_seconds,
            seal.key_id,
            seal.salt,
            seal.wrapped_key,
            0,
        )[:-4]
        return 2 * (body + struct.pack("<I", zlib.crc32(body)))

    @classmethod
    def decode(cls, data: bytes) -> "Header | None":
        """Return the header from whichever copy is sound."""
        for offset in (0, _HEADER.size):
            one = data[offset : offset + _HEADER.size]
            if len(one) < _HEADER.size or zlib.crc32(one[:-4]) != struct.unpack("<I", one[-4:])[0]:
                continue
            magic, version, _, segment_id, _, key_id, salt, wrapped, _ = _HEADER.unpack(one)
            if magic == _MAGIC and version == _VERSION:
                return cls(
                    segment_id=segment_id,
                    seal=SealHeader(key_id=key_id, salt=salt, wrapped_key=wrapped),
                )
        return None


class Segment:
    """The rows of one segment and the file behind them. Row i is sequence number `base` + i."""

    def __init__(self, path: Path, segment_id: int, seal: SegmentSeal, base: int) -> None:
        self.path = path
        self.id = segment_id
        self.size = HEADER_BYTES
        self.live_bytes = 0
        self.live = 0
        self._seal = seal
        self._descriptor: int | None = None
        self._reset(base)

    def _reset(self, base: int) -> None:
        self.base = base
        self.states = bytearray()
        self.severities = bytearray()
        self.users = array("H")
        self.offsets = array("I")
        self.sizes = array("I")
        self.observed = array("q")
        # Of all rows so far; a bound that `older_than` sharpens.
        self.oldest_seconds = 2**63

    @property
    def end(self) -> int:
        """Return the sequence number after the last row."""
        return self.base + len(self.states)

    @property
    def dead_bytes(self) -> int:
        return self.size - HEADER_BYTES - self.live_bytes

    @property
    def done_bits(self) -> bytes:
        """Return one "0" or "1" for each row; "1": nothing is owed any more."""
        return bytes(self.states.translate(_AS_BITS))

    @classmethod
    def create(
        cls, folder: Path, segment_id: int, *, sealer: Sealer, base: int, created_seconds: int
    ) -> "Segment":
        """Make the file, durably, open for appending."""
        seal_header, seal = sealer.new_segment(segment_id)
        path = folder / f"{segment_id:016x}{SUFFIX}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | disk.FLAGS, 0o600)
        try:
            header = Header(segment_id=segment_id, seal=seal_header).encode(created_seconds)
            write_all(descriptor, header, 0)
            durability.sync(descriptor)
            disk.sync_folder(folder)
        except OSError:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise
        segment = cls(path, segment_id, seal, base)
        segment._descriptor = descriptor
        return segment

    def add_row(self, frame: record.Frame, entry: Entry, user: int) -> None:
        """Add the row of a record that is in the file; rows between are done."""
        while self.end < frame.seq:
            self._row(frame, State.DONE)
        self._row(
            frame, _state_of(entry), severity=entry.severity, user=user, observed=entry.observed_seconds
        )
        self.live += 1
        self.live_bytes += frame.size
        self.oldest_seconds = min(self.oldest_seconds, entry.observed_seconds)

    def settle_up_to(self, end: int) -> None:
        """Add settled rows: what the ledger knew as settled must stay so in the next one."""
        nothing = record.Frame(seq=end, offset=0, size=0, sealed=b"")
        while self.end < end:
            self._row(nothing, State.DONE)

    def append(self, seq: int, entry: Entry, user: int) -> None:
        """Write one record and make it durable. On OSError the file is as it was before."""
        if self._descriptor is None:
            raise ValueError("segment is not open for appending")
        sealed = self._seal.seal(seq, entries.encode(entry))
        framed = record.encode(seq, sealed)
        try:
            write_all(self._descriptor, framed, self.size)
            durability.sync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, self.size)
            raise
        frame = record.Frame(seq=seq, offset=self.size, size=len(framed), sealed=b"")
        self.size += len(framed)
        self.add_row(frame, entry, user)

    def read(self, seq: int) -> Entry:
        """Return one record's content; raises RecordDamaged."""
        row = seq - self.base
        try:
            descriptor = os.open(self.path, os.O_RDONLY | disk.FLAGS)
            try:
                data = disk.read_at(descriptor, self.sizes[row], self.offsets[row])
            finally:
                os.close(descriptor)
        except OSError as error:
            raise RecordDamaged(f"record {seq} can't be read") from error
        frame = record.decode(data, 0)
        if frame is None or frame.seq != seq:
            raise RecordDamaged(f"record {seq} has a wrong checksum")
        return entries.decode(self.open_sealed(frame))

    def open_sealed(self, frame: record.Frame) -> bytes:
        """Return the plain bytes of one of this segment's frames; raises RecordDamaged."""
        return self._seal.open(frame.seq, frame.sealed)

    def is_live(self, seq: int) -> bool:
        row = seq - self.base
        return 0 <= row < len(self.states) and self.states[row] != State.DONE

    def set_state(self, seq: int, state: State) -> None:
        """Move a live row to another state; DONE is final."""
        row = seq - self.base
        if self.states[row] != State.DONE and state == State.DONE:
            self.live -= 1
            self.live_bytes -= self.sizes[row]
        self.states[row] = state

    def release(self, seq: int) -> None:
        """Give a held row back; tallies go back by `set_state`."""
        severe = self.severities[seq - self.base] >= entries.SEVERE
        self.set_state(seq, State.SEVERE if severe else State.ORDINARY)

    def live_seqs(self) -> Iterator[int]:
        return (self.base + row for row, state in enumerate(self.states) if state != State.DONE)

    def seqs_in(self, state: State, *, newest_first: bool = False) -> Iterator[int]:
        """Return the records in `state`; a search in bytes, since a lease looks at every segment."""
        wanted = bytes([state])
        if newest_first:
            row = self.states.rfind(wanted)
            while row >= 0:
                yield self.base + row
                row = self.states.rfind(wanted, 0, row)
        else:
            row = self.states.find(wanted)
            while row >= 0:
                yield self.base + row
                row = self.states.find(wanted, row + 1)

    def older_than(self, seconds: int) -> list[int]:
        """Return the live records observed before `seconds` that nobody holds."""
        if not self.live or self.oldest_seconds >= seconds:
            return []
        ages = {seq: self.observed[seq - self.base] for seq in self.live_seqs()}
        self.oldest_seconds = min(ages.values())
        return [
            seq for seq, age in ages.items() if age < seconds and self.states[seq - self.base] != State.HELD
        ]

    def cut_back(self, base: int) -> None:
        """Forget all rows, of which none is live, and cut the file back to its header."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, HEADER_BYTES)
        self.size = HEADER_BYTES
        self._reset(base)

    def rewrite(self, sealer: Sealer, created_seconds: int) -> list[int]:
        """Drop dead bytes from a segment that is no longer appended to; returns what could not be read."""
        seal_header, seal = sealer.new_segment(self.id)
        out = bytearray(Header(segment_id=self.id, seal=seal_header).encode(created_seconds))
        places: list[tuple[int, int, int]] = []
        damaged: list[int] = []
        for seq in self.live_seqs():
            try:
                plain = entries.encode(self.read(seq))
            except RecordDamaged:
                damaged.append(seq)
                continue
            framed = record.encode(seq, seal.seal(seq, plain))
            places.append((seq, len(out), len(framed)))
            out += framed
        replace_whole(self.path, bytes(out))
        for seq in damaged:
            self.set_state(seq, State.DONE)
        self._seal = seal
        self.size = len(out)
        for seq, offset, size in places:
            self.offsets[seq - self.base] = offset
            self.sizes[seq - self.base] = size
        return damaged

    def close(self) -> None:
        """No more appends. Idempotent."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def unlink(self) -> None:
        self.close()
        self.path.unlink(missing_ok=True)

    def _row(
        self, frame: record.Frame, state: State, *, severity: int = 0, user: int = 0, observed: int = 0
    ) -> None:
        self.states.append(state)
        self.severities.append(severity)
        self.users.append(user)
        self.offsets.append(frame.offset)
        self.sizes.append(frame.size)
        self.observed.append(observed)


def _state_of(entry: Entry) -> State:
    if entry.kind is entries.Kind.TALLY:
        return State.TALLY
    return State.SEVERE if entry.severity >= entries.SEVERE else State.ORDINARY


def write_all(descriptor: int, data: bytes, offset: int) -> None:
    """Write everything: a full disk may take a part and report the rest only at the next call."""
    view = memoryview(data)
    while view:
        written = disk.write_at(descriptor, view, offset)
        offset += written
        view = view[written:]
