"""The icon itself: a hidden window on a thread of its own, which the taskbar tells of clicks."""

import contextlib
from collections.abc import Callable

import pywintypes
import win32con
import win32gui

from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.backends.windows._shell32 import Shell32
from lamplighter_agent.backends.windows.window_thread import WindowThread, window_class
from lamplighter_agent.errors import BackendUnavailable

NUMBER = 1
CLICKED = win32con.WM_USER + 20
CHECKS, HELP = 1, 2
ENTRIES = ((CHECKS, "What it checks"), (HELP, "I need help"))
REMEDY = "sign in to a desktop with a taskbar"


class TrayIcon:
    """One notification icon. `show` and `missing` answer at once."""

    def __init__(self) -> None:
        self._shell32: Shell32 | None = None
        self._thread = WindowThread("lamplighter-icon")

    async def open(self, clicked: Callable[[], None], help_clicked: Callable[[], None]) -> None:
        self._shell32 = Shell32()
        post = poster()

        def chosen(entry: int) -> None:
            post(help_clicked if entry == HELP else clicked)

        if not await self._thread.open(lambda: _make_window(chosen)):
            raise BackendUnavailable("indicator", "no notification icon can be made", REMEDY)

    def show(self, tip: str) -> None:
        icon = win32gui.LoadIcon(0, win32con.IDI_INFORMATION)
        flags = win32gui.NIF_ICON | win32gui.NIF_MESSAGE | win32gui.NIF_TIP
        told = (self._thread.window, NUMBER, flags, CLICKED, icon, tip)
        for verb in (win32gui.NIM_MODIFY, win32gui.NIM_ADD):
            with contextlib.suppress(pywintypes.error):
                win32gui.Shell_NotifyIcon(verb, told)
                return

    def missing(self) -> str:
        there = self._shell32 is not None and self._shell32.icon_is_there(self._thread.window, NUMBER)
        return "" if there else "the taskbar has no place for the icon"

    async def close(self) -> None:
        if self._thread.window:
            with contextlib.suppress(pywintypes.error):
                win32gui.Shell_NotifyIcon(win32gui.NIM_DELETE, (self._thread.window, NUMBER))
        await self._thread.close()


def _make_window(chosen: Callable[[int], None]) -> int:
    """Make the hidden window; `chosen` is told which entry was."""

    def notified(window: int, _message: int, _number: int, what: int) -> int:
        if what == win32con.WM_LBUTTONUP:
            chosen(CHECKS)
        elif what == win32con.WM_RBUTTONUP:
            entry = _menu(window)
            if entry:
                chosen(entry)
        return 0

    shape = window_class("icon", {CLICKED: notified})
    name = win32gui.RegisterClass(shape)
    return int(win32gui.CreateWindow(name, "Lamplighter", 0, 0, 0, 0, 0, 0, 0, shape.hInstance, None))


def _menu(window: int) -> int:
    menu = win32gui.CreatePopupMenu()
    try:
        for number, words in ENTRIES:
            win32gui.AppendMenu(menu, win32con.MF_STRING, number, words)
        # Else the menu would stay when somebody clicks beside it.
        with contextlib.suppress(pywintypes.error):
            win32gui.SetForegroundWindow(window)
        left, top = win32gui.GetCursorPos()
        flags = win32con.TPM_RETURNCMD | win32con.TPM_RIGHTBUTTON
        return int(win32gui.TrackPopupMenu(menu, flags, left, top, 0, window, None) or 0)
    finally:
        win32gui.DestroyMenu(menu)
