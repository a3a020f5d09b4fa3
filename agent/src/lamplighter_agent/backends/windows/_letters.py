"""Drive letters that only one session has, and only as long as this process: objects of Windows' kernel.

A letter is a symbolic link in the folder of names that each sign-in has to itself, as `subst` makes it. It is
made without OBJ_PERMANENT, so the kernel removes it with its last handle, however our process ends.
"""

import ctypes
import string
from ctypes import wintypes
from typing import Final

from lamplighter_agent.backends.windows._dll import Library

_ALL_ACCESS: Final = 0xF0001
_ANY_CASE: Final = 0x40
_TAKEN: Final = 0xC0000035
_LETTERS: Final = string.ascii_uppercase[4:]


class _Text(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("room", ctypes.c_ushort), ("text", wintypes.LPWSTR))


class _Attributes(ctypes.Structure):
    _fields_ = (
        ("length", wintypes.ULONG),
        ("root", ctypes.c_void_p),
        ("name", ctypes.POINTER(_Text)),
        ("attributes", wintypes.ULONG),
        ("security", ctypes.c_void_p),
        ("quality", ctypes.c_void_p),
    )


class Letter:
    """One letter; closing takes it away."""

    def __init__(self, letter: str, handle: int) -> None:
        self.letter = letter
        self._handle = handle

    def close(self) -> None:
        handle, self._handle = self._handle, 0
        if handle:
            Library("ntdll").function("NtClose", ctypes.c_long, ctypes.c_void_p)(handle)


def names_of(high: int, low: int) -> str:
    """Return the folder of names of a sign-in, by its identifier (LUID). Pure."""
    return f"\\Sessions\\0\\DosDevices\\{high & 0xFFFFFFFF:08x}-{low:08x}"


def give(folder: str, device: str, taken: int) -> Letter:
    """Give a device a letter that is free there; `taken` are everybody's, a bit each, A lowest.

    Raises:
        OSError: no letter is free, or Windows refuses.
    """
    create = Library("ntdll").function(
        "NtCreateSymbolicLinkObject",
        ctypes.c_long,
        ctypes.POINTER(ctypes.c_void_p),
        wintypes.ULONG,
        ctypes.POINTER(_Attributes),
        ctypes.POINTER(_Text),
    )
    target = _text(device)
    for letter in _LETTERS:
        if taken >> (ord(letter) - ord("A")) & 1:
            continue
        name, handle = _text(f"{folder}\\{letter}:"), ctypes.c_void_p()
        asked = _Attributes(ctypes.sizeof(_Attributes), None, ctypes.pointer(name), _ANY_CASE, None, None)
        status = create(ctypes.byref(handle), _ALL_ACCESS, ctypes.byref(asked), ctypes.byref(target))
        if status >= 0 and handle.value:
            return Letter(letter, handle.value)
        if status & 0xFFFFFFFF != _TAKEN:
            raise OSError(5, f"no letter can be given: Windows answered {status & 0xFFFFFFFF:#x}")
    raise OSError(28, "no letter is free")


def _text(content: str) -> _Text:
    size = 2 * len(content)
    return _Text(size, size + 2, content)
