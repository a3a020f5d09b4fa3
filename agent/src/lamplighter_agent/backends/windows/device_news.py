"""Hears from Windows that a device came or went: WM_DEVICECHANGE, to a window that nobody sees.

A service has no desktop, so a broadcast does not reach it: the window asks for the news of every kind of
device by itself (RegisterDeviceNotification).
"""

import struct
from collections.abc import Callable
from typing import Final

import pywintypes
import win32gui

from lamplighter_agent.backends.windows.window_thread import WindowThread, window_class
from lamplighter_agent.errors import BackendUnavailable

WM_DEVICECHANGE: Final = 0x0219
_ONLY_MESSAGES: Final = -3
_INTERFACES: Final = 5
_OF_EVERY_KIND: Final = 4
# DEV_BROADCAST_DEVICEINTERFACE_W: sizes, a kind that is not looked at, and a name that is not told.
_FILTER: Final = struct.Struct("<III16s2x2x")


class WindowNews:
    """Fills `DeviceNews`."""

    def __init__(self) -> None:
        self._thread = WindowThread("device news")
        self._changed: Callable[[], None] = lambda: None

    @property
    def window(self) -> int:
        """Return the window that hears; 0 where there is none."""
        return self._thread.window

    async def start(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        if not await self._thread.open(self._make):
            raise BackendUnavailable("MediaWatch", "Windows tells of no devices", "restart Windows")

    async def stop(self) -> None:
        await self._thread.close()

    def _make(self) -> int:
        kind = win32gui.RegisterClass(window_class("devices", {WM_DEVICECHANGE: self._heard}))
        window = int(win32gui.CreateWindow(kind, "", 0, 0, 0, 0, 0, _ONLY_MESSAGES, 0, 0, None))
        asked = _FILTER.pack(_FILTER.size, _INTERFACES, 0, b"")
        try:
            win32gui.RegisterDeviceNotification(window, asked, _OF_EVERY_KIND)
        except pywintypes.error:
            win32gui.DestroyWindow(window)
            raise
        return window

    def _heard(self, _window: int, _message: int, _wparam: int, _lparam: int) -> int:
        self._changed()
        return 1
