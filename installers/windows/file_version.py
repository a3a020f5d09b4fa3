"""The version inside a Windows program or library, without which an upgrade would leave the old one. Pure."""

import struct
from typing import Final

_SIGNATURE: Final = struct.pack("<II", 0xFEEF04BD, 0x00010000)


def file_version(content: bytes) -> str:
    """Return the version of the file's own resource, as `1.2.3.4`; empty where it has none."""
    at = content.find(_SIGNATURE)
    if not content.startswith(b"MZ") or at < 0 or len(content) < at + 16:
        return ""
    high, low = struct.unpack_from("<II", content, at + len(_SIGNATURE))
    return ".".join(str(part) for part in (high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF))
