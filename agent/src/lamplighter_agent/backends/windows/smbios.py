"""UUID and serial number of a machine in the table that its firmware gave Windows (SMBIOS). Pure.

The layout is of the SMBIOS specification, 7.2: after a header of eight bytes of Windows' own, structures of
kind, length and handle, each followed by its strings, which are counted from 1. Structure 1 is the system.
"""

import uuid
from collections.abc import Iterator
from typing import Final

_HEADER: Final = 8
_SYSTEM, _END = 1, 127
_SERIAL_AT: Final = 7
_UUID_AT: Final = 8


def system_of(table: bytes) -> tuple[str, str]:
    """Return UUID and serial number; each empty where the table lacks it, or is no such table."""
    for kind, about, strings in _structures(table[_HEADER:]):
        if kind == _SYSTEM:
            found = about[_UUID_AT : _UUID_AT + 16]
            known = str(uuid.UUID(bytes_le=found)) if len(found) == 16 else ""
            number = about[_SERIAL_AT] if len(about) > _SERIAL_AT else 0
            return known, strings[number - 1] if 0 < number <= len(strings) else ""
    return "", ""


def _structures(table: bytes) -> Iterator[tuple[int, bytes, list[str]]]:
    at = 0
    while at + 4 <= len(table):
        kind, length = table[at], table[at + 1]
        end = table.find(b"\0\0", at + length)
        if length < 4 or end < 0 or kind == _END:
            return
        texts = table[at + length : end].split(b"\0")
        yield kind, table[at : at + length], [one.decode("ascii", "replace").strip() for one in texts]
        at = end + 2
