"""What is used of shell32.dll, with its prototypes."""

import ctypes
from ctypes import wintypes
from pathlib import Path

from lamplighter_agent.backends.windows._dll import Library

SHOWN = 1
# ShellExecuteW answers with one of these where it failed.
FAULTS = 32


class _Identifier(ctypes.Structure):
    _fields_ = (
        ("cbSize", wintypes.DWORD),
        ("hWnd", wintypes.HWND),
        ("uID", wintypes.UINT),
        ("guidItem", ctypes.c_byte * 16),
    )


class Shell32:
    """The functions, with plain Python values on both sides."""

    def __init__(self) -> None:
        """Bind them; raise `BackendUnavailable` where one is missing."""
        pointer = ctypes.c_void_p
        take, text = Library("shell32").function, wintypes.LPCWSTR
        self._rect = take("Shell_NotifyIconGetRect", ctypes.c_long, pointer, pointer)
        self._open = take("ShellExecuteW", pointer, wintypes.HWND, text, text, text, text, ctypes.c_int)

    def icon_is_there(self, window: int, number: int) -> bool:
        """Tell whether the taskbar has a place for the icon of this window and number."""
        identifier = _Identifier(cbSize=ctypes.sizeof(_Identifier), hWnd=window, uID=number)
        place = wintypes.RECT()
        if self._rect(ctypes.byref(identifier), ctypes.byref(place)):
            return False
        return bool(place.right > place.left and place.bottom > place.top)

    def open(self, path: Path) -> bool:
        """Open a file by what its person opens such files with; False where that can't be."""
        return int(self._open(None, "open", str(path), None, None, SHOWN) or 0) > FAULTS
