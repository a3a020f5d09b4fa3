"""Where members of zip archives begin in a file, and unpacking one without trusting what it says of its size.

ClamAV 1.4 says OK to malware in two kinds of zip archive that every desktop opens: those whose members'
headers have zip64 sizes (its issue 1527), and several archives one after the other (1014). So the members are
looked for by their headers, wherever in the file they are, not in a directory that may name others or none.

A compressed member ends where its compression says so. Reading is by position: the descriptor is shared.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lamplighter_agent.backends.select_files import disk

LOCAL = b"PK\3\4"
_END = b"PK\5\6"
GZIP = b"\x1f\x8b\x08"
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_END_BYTES = 22
_PIECE = 1 << 20
_STORED, _DEFLATED = 0, 8
_METHODS = frozenset({*range(20), *range(92, 100)})
_NEWEST_VERSION = 63
_LONGEST_NAME = 4096
_ZIP64 = 0xFFFFFFFF
_RAW, _WITH_HEADER = -15, 31


class Unreadable(Exception):
    """A member that can't be unpacked here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of an archive, by its header in front of the content."""

    starts: int
    method: int
    locked: bool
    zip64: bool
    # Of the packed content; 0 where the header doesn't say.
    packed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a file holds of archives. `members` are their headers' places, at most one more than asked for."""

    members: tuple[int, ...]
    # How many archives end in it, and how many members the last of them says it has.
    ends: int
    entries: int

    @property
    def plain(self) -> bool:
        """Whether it is one archive with the members that it says: what ClamAV reads as others do."""
        return self.ends == 1 and self.entries == len(self.members)


def survey(descriptor: int, size: int, most: int) -> Survey:
    """Find the headers of all members of archives; raises OSError."""
    ends = list(_places(descriptor, size, _END))
    members: list[int] = []
    for place in _places(descriptor, size, LOCAL):
        if _is_header(disk.read_at(descriptor, _LOCAL.size, place)):
            members.append(place)
        if len(members) > most:
            break
    last = disk.read_at(descriptor, _END_BYTES, ends[-1]) if ends else b""
    entries = int.from_bytes(last[10:12], "little") if len(last) == _END_BYTES else 0
    return Survey(members=tuple(members), ends=len(ends), entries=entries)


def _places(descriptor: int, size: int, mark: bytes) -> Iterator[int]:
    """Give each place of a mark."""
    at = 0
    while at < size:
        piece = disk.read_at(descriptor, _PIECE, at)
        if not piece:
            return
        found = piece.find(mark)
        while found >= 0:
            yield at + found
            found = piece.find(mark, found + 1)
        at += max(1, len(piece) - len(mark) + 1) if at + len(piece) < size else len(piece)


def _is_header(header: bytes) -> bool:
    """Tell a header from four bytes that look alike by chance, as there are some in each large film."""
    if len(header) < _LOCAL.size:
        return False
    _, version, _, method, *_, name, _ = _LOCAL.unpack(header)
    return version & 0xFF <= _NEWEST_VERSION and method in _METHODS and 0 < name <= _LONGEST_NAME


def member_at(descriptor: int, place: int) -> Member:
    """Read a header; raises OSError."""
    header = disk.read_at(descriptor, _LOCAL.size, place)
    _, _, flags, method, _, _, _, packed, size, name, extra = _LOCAL.unpack(header)
    behind = place + _LOCAL.size + name
    zip64 = _ZIP64 in (packed, size)
    if packed == _ZIP64:
        packed = _real_size(disk.read_at(descriptor, extra, behind), first=size != _ZIP64)
    return Member(starts=behind + extra, method=method, locked=bool(flags & 1), zip64=zip64, packed=packed)


def _real_size(extra: bytes, *, first: bool) -> int:
    """Return the packed size from the extra field of zip64; 0 where it is not there."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == 1:
            numbers = extra[4 : 4 + length]
            at = 0 if first else 8
            return int.from_bytes(numbers[at : at + 8], "little")
        extra = extra[4 + length :]
    return 0


def unpacked(descriptor: int, member: Member) -> Iterator[bytes]:
    """Give the content of a member in pieces; raises Unreadable and OSError."""
    if member.method == _DEFLATED:
        return _inflated(descriptor, member.starts, _RAW)
    if member.method == _STORED and member.packed:
        return _stored(descriptor, member.starts, member.packed)
    if member.method == _STORED and not member.zip64:
        return iter(())
    raise Unreadable


def ungzipped(descriptor: int) -> Iterator[bytes]:
    """Give the content of a gzip file in pieces; raises Unreadable and OSError."""
    return _inflated(descriptor, 0, _WITH_HEADER)


def _stored(descriptor: int, at: int, size: int) -> Iterator[bytes]:
    end = at + size
    while at < end:
        piece = disk.read_at(descriptor, min(_PIECE, end - at), at)
        if not piece:
            raise Unreadable
        at += len(piece)
        yield piece


def _inflated(descriptor: int, at: int, bits: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(bits)
    waiting = b""
    while not inflater.eof:
        if not waiting:
            waiting = disk.read_at(descriptor, _PIECE >> 2, at)
            at += len(waiting)
            if not waiting:
                raise Unreadable
        try:
            piece = inflater.decompress(waiting, _PIECE)
        except zlib.error:
            raise Unreadable from None
        waiting = inflater.unconsumed_tail
        if piece:
            yield piece
