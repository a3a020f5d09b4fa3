"""Asks Windows whether a file has content beside its own: streams of NTFS."""

import ctypes
from ctypes import wintypes

from lamplighter_agent.backends.windows._dll import Library

_MAX_STREAM_NAME = 296
_FIND_STREAM_INFO_STANDARD = 0
_INVALID = ctypes.c_void_p(-1).value
# What FAT says: it has none.
_NONE_THERE = frozenset({38, 87, 50, 1})
_OWN = "::$DATA"
# Where a download came from, in a line or two: what Windows writes itself.
_ORIGIN, _LONGEST_ORIGIN = ":Zone.Identifier:$DATA", 4096


class _StreamData(ctypes.Structure):
    _fields_ = (("size", ctypes.c_int64), ("name", wintypes.WCHAR * _MAX_STREAM_NAME))


def has_more_streams(path: str) -> bool:
    """Say whether a file has a stream of content that no ordinary program shows; raises OSError."""
    take = Library("kernel32").function
    handle = ctypes.c_void_p
    first = take(
        "FindFirstStreamW",
        handle,
        wintypes.LPCWSTR,
        ctypes.c_int,
        ctypes.POINTER(_StreamData),
        wintypes.DWORD,
    )
    following = take("FindNextStreamW", wintypes.BOOL, handle, ctypes.POINTER(_StreamData))
    close = take("FindClose", wintypes.BOOL, handle)
    found = _StreamData()
    search = first(path, _FIND_STREAM_INFO_STANDARD, ctypes.byref(found), 0)
    if search == _INVALID:
        error = int(getattr(ctypes, "get_last_error")())  # noqa: B009 - typed on Windows alone
        if error in _NONE_THERE:
            return False
        raise OSError(error, "its streams can't be listed")
    try:
        while True:
            origin = found.name == _ORIGIN and found.size <= _LONGEST_ORIGIN
            if found.name != _OWN and not origin:
                return True
            if not following(search, ctypes.byref(found)):
                return False
    finally:
        close(search)
