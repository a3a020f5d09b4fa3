"""What is used of shell32.dll, with its prototype."""

import ctypes
from ctypes import wintypes

from lamplighter_agent.backends.windows._dll import Library


class _Identifier(ctypes.Structure):
    _fields_ = (
        ("cbSize", wintypes.DWORD),
        ("hWnd", wintypes.HWND),
        ("uID", wintypes.UINT),
        ("guidItem", ctypes.c_byte * 16),
    )


class Shell32:
    """The function, with plain Python values on both sides."""

    def __init__(self) -> None:
        """Bind it; raise `BackendUnavailable` where it is missing."""
        pointer = ctypes.c_void_p
        self._rect = Library("shell32").function("Shell_NotifyIconGetRect", ctypes.c_long, pointer, pointer)

    def icon_is_there(self, window: int, number: int) -> bool:
        """Tell whether the taskbar has a place for the icon of this window and number."""
        identifier = _Identifier(cbSize=ctypes.sizeof(_Identifier), hWnd=window, uID=number)
        place = wintypes.RECT()
        if self._rect(ctypes.byref(identifier), ctypes.byref(place)):
            return False
        return bool(place.right > place.left and place.bottom > place.top)
