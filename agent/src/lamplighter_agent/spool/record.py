"""One record on disk: how it is framed, and how it is found again after damage. Pure.

Format, all numbers little-endian::

    offset  size  field
    0       4     sync marker, D5 4C 53 52
    4       4     n, length of the sealed payload in bytes, at most MAX_SEALED_BYTES
    8       8     sequence number, grows by one from record to record
    16      4     CRC-32 over bytes 4 to 15 and the sealed payload
    20      n     sealed payload: AES-256-GCM ciphertext and its 16-byte tag (see `sealer`)

The CRC finds accidents without a key, so that damage can be counted even where the key is gone; the seal
finds everything else. A reader that meets bytes which are not a record looks for the next sync marker whose
record has a right CRC: damage costs the records it touched and nothing behind them. Records are never
changed in place. The sequence number is in clear because it is needed to count what damage took.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

SYNC = b"\xd5LSR"
MAX_SEALED_BYTES = 96 * 1024
_HEAD = struct.Struct("<4sIQI")
_CHECKED = struct.Struct("<IQ")
OVERHEAD_BYTES = _HEAD.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A record whose CRC is right. `offset` and `size` cover the whole record."""

    seq: int
    offset: int
    size: int
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Bytes that belong to no readable record. `tail`: nothing readable follows."""

    offset: int
    size: int
    tail: bool


def encode(seq: int, sealed: bytes) -> bytes:
    """Frame one sealed payload."""
    checked = _CHECKED.pack(len(sealed), seq)
    return _HEAD.pack(SYNC, len(sealed), seq, zlib.crc32(sealed, zlib.crc32(checked))) + sealed


def decode(data: bytes, offset: int) -> Frame | None:
    """Return the record that starts at `offset`, or None if there is no sound one."""
    if len(data) - offset < OVERHEAD_BYTES:
        return None
    sync, length, seq, crc = _HEAD.unpack_from(data, offset)
    end = offset + OVERHEAD_BYTES + length
    if sync != SYNC or length > MAX_SEALED_BYTES or end > len(data):
        return None
    sealed = data[offset + OVERHEAD_BYTES : end]
    if zlib.crc32(sealed, zlib.crc32(_CHECKED.pack(length, seq))) != crc:
        return None
    return Frame(seq=seq, offset=offset, size=end - offset, sealed=sealed)


def scan(data: bytes, start: int) -> Iterator[Frame | Damage]:
    """Read records from `start` to the end, stepping over damage."""
    position = start
    while position < len(data):
        frame = decode(data, position)
        if frame is not None:
            yield frame
            position += frame.size
            continue
        found = _next_sound(data, position + 1)
        if found is None:
            yield Damage(offset=position, size=len(data) - position, tail=True)
            return
        yield Damage(offset=position, size=found - position, tail=False)
        position = found


def _next_sound(data: bytes, start: int) -> int | None:
    position = data.find(SYNC, start)
    while position >= 0:
        if decode(data, position) is not None:
            return position
        position = data.find(SYNC, position + 1)
    return None
