"""The sign of a session without a taskbar: a strip along the top of the screen, above every other window.

A thread of its own has the window; whoever asks whether it is seen asks Windows, not that thread.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable

import pywintypes
import win32api
import win32con
import win32gui

from lamplighter_agent.backends.windows.strip_rule import Rectangle, StripFacts, missing, points_of
from lamplighter_agent.errors import BackendUnavailable

HEIGHT = 26
# The right part of it is the help button, the rest leads to the page.
HELP_WIDTH = 130
HELP = "I need help"
MARGIN = 8
START_S = 5.0
JOIN_S = 5.0
REDRAW = win32con.WM_USER + 21
STYLES = win32con.WS_EX_TOPMOST | win32con.WS_EX_TOOLWINDOW | 0x0800_0000
NOT_ACTIVE_NOT_WAITING = win32con.SWP_NOACTIVATE | win32con.SWP_SHOWWINDOW | 0x4000
ERROR_REGION = 0
REMEDY = "sign in to a desktop"


class StripWindow:
    """One strip. `show` and `missing` answer at once."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._window = 0
        self._words = ""

    async def open(self, clicked: Callable[[], None], help_clicked: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[int] = loop.create_future()

        def post(function: Callable[..., None], *arguments: object) -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(function, *arguments)

        def made(window: int) -> None:
            if not ready.done():
                ready.set_result(window)

        def chosen(at: int) -> None:
            left, _, right, _ = _wanted()
            post(help_clicked if at > right - left - HELP_WIDTH else clicked)

        def run() -> None:
            try:
                window = _make_window(chosen, lambda: self._words)
            except pywintypes.error:
                post(made, 0)
                return
            post(made, window)
            win32gui.PumpMessages()

        self._thread = threading.Thread(target=run, name="lamplighter-strip", daemon=True)
        self._thread.start()
        done, _ = await asyncio.wait({ready}, timeout=START_S)
        self._window = ready.result() if done else 0
        if not self._window:
            await self.close()
            raise BackendUnavailable("indicator", "no strip can be shown", REMEDY)

    def show(self, tip: str) -> None:
        self._words = tip
        left, top, right, bottom = _wanted()
        with contextlib.suppress(pywintypes.error):
            win32gui.PostMessage(self._window, REDRAW, 0, 0)
            size = (left, top, right - left, bottom - top)
            win32gui.SetWindowPos(self._window, win32con.HWND_TOPMOST, *size, NOT_ACTIVE_NOT_WAITING)

    def missing(self) -> str:
        return missing(_facts(self._window))

    async def close(self) -> None:
        thread, self._thread = self._thread, None
        window, self._window = self._window, 0
        if window:
            with contextlib.suppress(pywintypes.error):
                win32gui.PostMessage(window, win32con.WM_CLOSE, 0, 0)
        if thread is not None:
            await asyncio.to_thread(thread.join, JOIN_S)


def _wanted() -> Rectangle:
    return 0, 0, int(win32api.GetSystemMetrics(win32con.SM_CXSCREEN)), HEIGHT


def _facts(window: int) -> StripFacts:
    wanted = _wanted()
    nothing = StripFacts(
        exists=False, visible=False, tampered=False, place=wanted, wanted=wanted, in_front=()
    )
    if not window:
        return nothing
    try:
        layered = win32gui.GetWindowLong(window, win32con.GWL_EXSTYLE) & win32con.WS_EX_LAYERED
        place = win32gui.GetWindowRect(window)
        return StripFacts(
            exists=True,
            visible=bool(win32gui.IsWindowVisible(window)) and not win32gui.IsIconic(window),
            tampered=bool(layered) or _is_cut(window),
            place=place,
            wanted=wanted,
            in_front=tuple(win32gui.WindowFromPoint(point) == window for point in points_of(place)),
        )
    except pywintypes.error:
        return nothing


def _is_cut(window: int) -> bool:
    region = win32gui.CreateRectRgnIndirect((0, 0, 0, 0))
    try:
        # It has none of its own, which Windows calls an error.
        return bool(win32gui.GetWindowRgn(window, region) != ERROR_REGION)
    except pywintypes.error:
        return False
    finally:
        win32gui.DeleteObject(region)


def _make_window(chosen: Callable[[int], None], words: Callable[[], str]) -> int:
    """Make the window on this thread; it ends the thread's messages when it is closed."""

    def painted(window: int, message: int, wparam: int, lparam: int) -> int:
        del message, wparam, lparam
        context, about = win32gui.BeginPaint(window)
        left, top, right, bottom = win32gui.GetClientRect(window)
        where = win32con.DT_SINGLELINE | win32con.DT_VCENTER | win32con.DT_NOPREFIX
        win32gui.SetBkMode(context, win32con.TRANSPARENT)
        split = right - HELP_WIDTH
        win32gui.DrawText(context, words(), -1, (left + MARGIN, top, split, bottom), where)
        win32gui.DrawText(context, HELP, -1, (split, top, right - MARGIN, bottom), where | win32con.DT_RIGHT)
        win32gui.EndPaint(window, about)
        return 0

    def redrawn(window: int, message: int, wparam: int, lparam: int) -> int:
        del message, wparam, lparam
        win32gui.InvalidateRect(window, None, True)
        return 0

    def released(window: int, message: int, wparam: int, lparam: int) -> int:
        del window, message, wparam
        chosen(lparam & 0xFFFF)
        return 0

    def destroyed(window: int, message: int, wparam: int, lparam: int) -> int:
        del window, message, wparam, lparam
        win32gui.PostQuitMessage(0)
        return 0

    shape = win32gui.WNDCLASS()
    shape.hInstance = win32api.GetModuleHandle(None)
    shape.lpszClassName = f"Lamplighter strip {threading.get_ident()}"
    shape.hbrBackground = win32con.COLOR_INFOBK + 1
    shape.hCursor = win32gui.LoadCursor(0, win32con.IDC_HAND)
    shape.lpfnWndProc = {
        win32con.WM_PAINT: painted,
        REDRAW: redrawn,
        win32con.WM_LBUTTONUP: released,
        win32con.WM_DESTROY: destroyed,
    }
    name = win32gui.RegisterClass(shape)
    left, top, right, bottom = _wanted()
    size = (left, top, right - left, bottom - top)
    # Not shown yet: to show it here would take the keyboard from whoever types.
    return int(
        win32gui.CreateWindowEx(
            STYLES, name, "Lamplighter", win32con.WS_POPUP, *size, 0, 0, shape.hInstance, None
        )
    )
