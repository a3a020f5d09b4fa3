"""A window with a thread of its own, which does nothing but take the messages that Windows sends to it."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pywintypes
import win32api
import win32con
import win32gui

from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.backends.windows._user32 import User32

START_S = 5.0
JOIN_S = 5.0

# Takes the window, the message and its two numbers; called on the window's thread.
Handler = Callable[[int, int, int, int], int]


class WindowThread:
    """One window. `window` is 0 while there is none."""

    def __init__(self, name: str) -> None:
        """Take the thread's name."""
        self.window = 0
        self._name = name
        self._thread: threading.Thread | None = None

    async def open(self, make: Callable[[], int]) -> bool:
        """Have `make` called on the new thread to make the window; False where Windows refuses.

        The window's class is one of `window_class`: the thread ends when the window does. Raise
        `BackendUnavailable` where a function of Windows is missing.
        """
        post, user32 = poster(), User32()
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def made(window: int) -> None:
            if not ready.done():
                ready.set_result(window)

        def run() -> None:
            try:
                window = make() if user32.join_desktop() else 0
            except pywintypes.error:
                window = 0
            post(made, window)
            if window:
                win32gui.PumpMessages()

        self._thread = threading.Thread(target=run, name=self._name, daemon=True)
        self._thread.start()
        done, _ = await asyncio.wait({ready}, timeout=START_S)
        self.window = ready.result() if done else 0
        if not self.window:
            await self.close()
        return bool(self.window)

    async def close(self) -> None:
        """Close the window and wait for the end of its thread; idempotent."""
        thread, self._thread = self._thread, None
        window, self.window = self.window, 0
        if window:
            with contextlib.suppress(pywintypes.error):
                win32gui.PostMessage(window, win32con.WM_CLOSE, 0, 0)
        if thread is not None:
            await asyncio.to_thread(thread.join, JOIN_S)


def window_class(kind: str, handlers: Mapping[int, Handler]) -> Any:
    """Return a class for one window of this thread, whose messages end when that window is closed."""
    shape = win32gui.WNDCLASS()
    shape.hInstance = win32api.GetModuleHandle(None)
    shape.lpszClassName = f"Lamplighter {kind} {threading.get_ident()}"
    shape.lpfnWndProc = {**handlers, win32con.WM_DESTROY: _destroyed}
    return shape


def _destroyed(_window: int, _message: int, _wparam: int, _lparam: int) -> int:
    win32gui.PostQuitMessage(0)
    return 0
