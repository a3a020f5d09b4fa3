"""Reading every byte of a file once: for its digest, for what kind it is, and whether archives are in it.

An engine may say OK to a file that it could not read to the end. So the agent reads it itself: an error, or
an end that comes early or late, is an error here.
"""

import errno
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lamplighter_agent.backends.select_files import disk
from lamplighter_agent.media.scan.archives import GZIP, LOCAL

_PIECE = 1 << 20
_START = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What was read. `digest` is SHA-256 of the content."""

    digest: bytes
    # The first bytes.
    start: bytes
    # It is packed, or somewhere in it a member of an archive may begin.
    archive: bool


def contents_of(read: Iterable[bytes]) -> Contents:
    """Go through what is read, piece by piece."""
    digest = hashlib.sha256()
    start, kept, archive = b"", b"", False
    for piece in read:
        digest.update(piece)
        start = start or piece[:_START]
        # A mark may lie across two pieces.
        archive = archive or LOCAL in piece or LOCAL in kept + piece[: len(LOCAL)]
        kept = piece[-len(LOCAL) :]
    return Contents(digest=digest.digest(), start=start, archive=archive or start.startswith(GZIP))


def pieces(descriptor: int, size: int) -> Iterator[bytes]:
    """Read a file of `size` bytes, a megabyte at a time; raises OSError, EIO where it is shorter or longer.

    Without moving its position, which belongs to whoever else has this descriptor.
    """
    done = 0
    while done < size:
        piece = disk.read_at(descriptor, min(_PIECE, size - done), done)
        if not piece:
            raise OSError(errno.EIO, "shorter than it said")
        done += len(piece)
        yield piece
    if disk.read_at(descriptor, 1, size):
        raise OSError(errno.EIO, "longer than it said")
