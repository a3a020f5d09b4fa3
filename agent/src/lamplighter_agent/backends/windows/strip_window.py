"""The sign of a session without a taskbar: a strip along the top of the screen, above every other window.

A thread of its own has the window; whoever asks whether it is seen asks Windows, not that thread.
"""

import contextlib
from collections.abc import Callable

import pywintypes
import win32api
import win32con
import win32gui

from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.backends.windows.strip_rule import (
    HELP_WIDTH,
    Rectangle,
    StripFacts,
    missing,
    points_of,
)
from lamplighter_agent.backends.windows.window_thread import WindowThread, window_class
from lamplighter_agent.errors import BackendUnavailable

HEIGHT = 26
HELP = "I need help"
MARGIN = 8
REDRAW = win32con.WM_USER + 21
STYLES = win32con.WS_EX_TOPMOST | win32con.WS_EX_TOOLWINDOW | 0x0800_0000
NOT_ACTIVE_NOT_WAITING = win32con.SWP_NOACTIVATE | win32con.SWP_SHOWWINDOW | 0x4000
ERROR_REGION = 0
REMEDY = "sign in to a desktop"


class StripWindow:
    """One strip. `show` and `missing` answer at once."""

    def __init__(self) -> None:
        self._thread = WindowThread("lamplighter-strip")
        self._words = ""

    async def open(self, clicked: Callable[[], None], help_clicked: Callable[[], None]) -> None:
        post = poster()

        def chosen(at: int) -> None:
            left, _, right, _ = _wanted()
            post(help_clicked if at > right - left - HELP_WIDTH else clicked)

        if not await self._thread.open(lambda: _make_window(chosen, lambda: self._words)):
            raise BackendUnavailable("indicator", "no strip can be shown", REMEDY)

    def show(self, tip: str) -> None:
        self._words = tip
        left, top, right, bottom = _wanted()
        with contextlib.suppress(pywintypes.error):
            win32gui.PostMessage(self._thread.window, REDRAW, 0, 0)
            size = (left, top, right - left, bottom - top)
            win32gui.SetWindowPos(self._thread.window, win32con.HWND_TOPMOST, *size, NOT_ACTIVE_NOT_WAITING)

    def missing(self) -> str:
        return missing(_facts(self._thread.window))

    async def close(self) -> None:
        await self._thread.close()


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
    """Make the window; `chosen` is told how far from the left it was clicked."""

    def painted(window: int, _message: int, _wparam: int, _lparam: int) -> int:
        context, about = win32gui.BeginPaint(window)
        left, top, right, bottom = win32gui.GetClientRect(window)
        where = win32con.DT_SINGLELINE | win32con.DT_VCENTER | win32con.DT_NOPREFIX
        win32gui.SetBkMode(context, win32con.TRANSPARENT)
        split = right - HELP_WIDTH
        win32gui.DrawText(context, words(), -1, (left + MARGIN, top, split, bottom), where)
        win32gui.DrawText(context, HELP, -1, (split, top, right - MARGIN, bottom), where | win32con.DT_RIGHT)
        win32gui.EndPaint(window, about)
        return 0

    def redrawn(window: int, _message: int, _wparam: int, _lparam: int) -> int:
        win32gui.InvalidateRect(window, None, True)
        return 0

    def released(_window: int, _message: int, _wparam: int, place: int) -> int:
        chosen(place & 0xFFFF)
        return 0

    shape = window_class(
        "strip", {win32con.WM_PAINT: painted, REDRAW: redrawn, win32con.WM_LBUTTONUP: released}
    )
    shape.hbrBackground = win32con.COLOR_INFOBK + 1
    shape.hCursor = win32gui.LoadCursor(0, win32con.IDC_HAND)
    name = win32gui.RegisterClass(shape)
    left, top, right, bottom = _wanted()
    size = (left, top, right - left, bottom - top)
    # Not shown yet: to show it here would take the keyboard from whoever types.
    return int(
        win32gui.CreateWindowEx(
            STYLES, name, "Lamplighter", win32con.WS_POPUP, *size, 0, 0, shape.hInstance, None
        )
    )
