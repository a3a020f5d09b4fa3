"""How messages are cut out of the local stream: four bytes of length, big-endian, then that many bytes.

Pure. A length over the limit is an error before one byte of its content is kept, so that a peer can't make
the service hold memory; so is an empty frame, which no message of ours encodes to.
"""

import struct
from collections.abc import Iterator

from lamplighter_agent.errors import FrameMalformed, FrameTooLarge

LIMIT_BYTES = 64 * 1024
_LENGTH = struct.Struct(">I")


def encode(payload: bytes) -> bytes:
    """Return one frame."""
    if len(payload) > LIMIT_BYTES:
        raise FrameTooLarge(LIMIT_BYTES)
    if not payload:
        raise FrameMalformed("empty frame")
    return _LENGTH.pack(len(payload)) + payload


class Deframer:
    """Takes the stream in whatever pieces it arrives and gives back whole frames."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield each frame that is now complete; raise at the first length that is none of ours."""
        self._held += piece
        while len(self._held) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._held)
            if length > LIMIT_BYTES:
                raise FrameTooLarge(LIMIT_BYTES)
            if length == 0:
                raise FrameMalformed("empty frame")
            end = _LENGTH.size + length
            if len(self._held) < end:
                return
            frame = bytes(self._held[_LENGTH.size : end])
            del self._held[:end]
            yield frame

    @property
    def held_bytes(self) -> int:
        """How much of an unfinished frame is kept; never more than one frame and the piece that ended it."""
        return len(self._held)
