"""The icon itself: a hidden window on a thread of its own, which the taskbar tells of clicks."""

import asyncio
import contextlib
import threading
from collections.abc import Callable

import pywintypes
import win32api
import win32con
import win32gui

from lamplighter_agent.backends.windows._shell32 import Shell32
from lamplighter_agent.errors import BackendUnavailable

NUMBER = 1
CLICKED = win32con.WM_USER + 20
START_S = 5.0
JOIN_S = 5.0
CHECKS, HELP = 1, 2
ENTRIES = ((CHECKS, "What it checks"), (HELP, "I need help"))
REMEDY = "sign in to a desktop with a taskbar"


class TrayIcon:
    """One notification icon. `show` and `missing` answer at once."""

    def __init__(self) -> None:
        self._shell32: Shell32 | None = None
        self._thread: threading.Thread | None = None
        self._window = 0

    async def open(self, clicked: Callable[[], None], help_clicked: Callable[[], None]) -> None:
        self._shell32 = Shell32()
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[int] = loop.create_future()

        def post(function: Callable[..., None], *arguments: object) -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(function, *arguments)

        def made(window: int) -> None:
            if not ready.done():
                ready.set_result(window)

        def chosen(entry: int) -> None:
            post(help_clicked if entry == HELP else clicked)

        def run() -> None:
            try:
                window = _make_window(chosen)
            except pywintypes.error:
                post(made, 0)
                return
            post(made, window)
            win32gui.PumpMessages()

        self._thread = threading.Thread(target=run, name="lamplighter-icon", daemon=True)
        self._thread.start()
        done, _ = await asyncio.wait({ready}, timeout=START_S)
        self._window = ready.result() if done else 0
        if not self._window:
            await self.close()
            raise BackendUnavailable("indicator", "no notification icon can be made", REMEDY)

    def show(self, tip: str) -> None:
        icon = win32gui.LoadIcon(0, win32con.IDI_INFORMATION)
        flags = win32gui.NIF_ICON | win32gui.NIF_MESSAGE | win32gui.NIF_TIP
        told = (self._window, NUMBER, flags, CLICKED, icon, tip)
        for verb in (win32gui.NIM_MODIFY, win32gui.NIM_ADD):
            with contextlib.suppress(pywintypes.error):
                win32gui.Shell_NotifyIcon(verb, told)
                return

    def missing(self) -> str:
        there = self._shell32 is not None and self._shell32.icon_is_there(self._window, NUMBER)
        return "" if there else "the taskbar has no place for the icon"

    async def close(self) -> None:
        thread, self._thread = self._thread, None
        window, self._window = self._window, 0
        if window:
            with contextlib.suppress(pywintypes.error):
                win32gui.Shell_NotifyIcon(win32gui.NIM_DELETE, (window, NUMBER))
            with contextlib.suppress(pywintypes.error):
                win32gui.PostMessage(window, win32con.WM_CLOSE, 0, 0)
        if thread is not None:
            await asyncio.to_thread(thread.join, JOIN_S)


def _make_window(chosen: Callable[[int], None]) -> int:
    """Make the hidden window on this thread; it ends the thread's messages when it is closed."""

    def notified(window: int, message: int, number: int, what: int) -> int:
        del message, number
        if what == win32con.WM_LBUTTONUP:
            chosen(CHECKS)
        elif what == win32con.WM_RBUTTONUP:
            entry = _menu(window)
            if entry:
                chosen(entry)
        return 0

    def destroyed(window: int, message: int, wparam: int, lparam: int) -> int:
        del window, message, wparam, lparam
        win32gui.PostQuitMessage(0)
        return 0

    shape = win32gui.WNDCLASS()
    shape.hInstance = win32api.GetModuleHandle(None)
    shape.lpszClassName = f"Lamplighter icon {threading.get_ident()}"
    shape.lpfnWndProc = {CLICKED: notified, win32con.WM_DESTROY: destroyed}
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
