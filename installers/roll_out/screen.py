"""What is on the glass of an X server, as a PNG file."""

import struct
import zlib
from pathlib import Path
from typing import Any

from Xlib import X

_CHUNK = 64
_DARK = 110


def take(display: Any, path: Path) -> None:
    """Write the whole screen to a file, whose folder is made."""
    root = display.screen().root
    size = root.get_geometry()
    lines = bytearray()
    for top in range(0, size.height, _CHUNK):
        rows = min(_CHUNK, size.height - top)
        data = root.get_image(0, top, size.width, rows, X.ZPixmap, 0xFFFFFFFF).data
        for row in range(rows):
            line = bytearray(data[row * size.width * 4 : (row + 1) * size.width * 4])
            line[0::4], line[2::4] = line[2::4], line[0::4]
            line[3::4] = b"\xff" * size.width
            lines += b"\0" + line
    path.parent.mkdir(exist_ok=True)
    head = struct.pack(">IIBBBBB", size.width, size.height, 8, 6, 0, 0, 0)
    parts = (_part(b"IHDR", head), _part(b"IDAT", zlib.compress(bytes(lines))), _part(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def ink(display: Any, left: int, top: int, width: int, height: int) -> int:
    """Return how many pixels of a part of the screen are as dark as words are."""
    data = display.screen().root.get_image(left, top, width, height, X.ZPixmap, 0xFFFFFFFF).data
    return sum(max(data[at : at + 3]) < _DARK for at in range(0, len(data), 4))


def _part(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
