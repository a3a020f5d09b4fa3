"""What is used of user32.dll, with its prototypes. Each call answers at once, whatever the window does."""

import ctypes
import threading
from collections.abc import Callable
from ctypes import wintypes
from dataclasses import dataclass

from lamplighter_agent.backends.windows._dll import Library

EVENT_FOREGROUND, EVENT_FOCUS, EVENT_NAME = 0x0003, 0x8005, 0x800C
OUT_OF_CONTEXT = 0x0000
WM_QUIT, WM_USER = 0x0012, 0x0400
# A number of our own, for a thread of ours that has no window.
WM_WAKE = WM_USER + 7
REMOVE = 1
STYLE = -16
# ToUnicodeEx: leave the thread's keyboard state, and with it the person's dead keys, as it is.
NO_STATE_CHANGE = 0x4
NAME_LIMIT = 256
READ_OBJECTS = 0x0001
OBJECT_NAME = 2

WinEventProc = ctypes.CFUNCTYPE(
    None,
    wintypes.HANDLE,
    wintypes.DWORD,
    wintypes.HWND,
    wintypes.LONG,
    wintypes.LONG,
    wintypes.DWORD,
    wintypes.DWORD,
)


class _GuiThreadInfo(ctypes.Structure):
    _fields_ = (
        ("cbSize", wintypes.DWORD),
        ("flags", wintypes.DWORD),
        ("hwndActive", wintypes.HWND),
        ("hwndFocus", wintypes.HWND),
        ("hwndCapture", wintypes.HWND),
        ("hwndMenuOwner", wintypes.HWND),
        ("hwndMoveSize", wintypes.HWND),
        ("hwndCaret", wintypes.HWND),
        ("rcCaret", wintypes.RECT),
    )


class _LastInput(ctypes.Structure):
    _fields_ = (("cbSize", wintypes.UINT), ("dwTime", wintypes.DWORD))


@dataclass(frozen=True, slots=True)
class Owner:
    """Which process and thread a window belongs to; zeros where it is gone."""

    pid: int
    thread: int


class User32:
    """The functions, each with plain Python values on both sides."""

    def __init__(self) -> None:
        """Bind them; raise `BackendUnavailable` where one is missing."""
        take = Library("user32").function
        hwnd, dword, text = wintypes.HWND, wintypes.DWORD, wintypes.LPWSTR
        self._foreground = take("GetForegroundWindow", hwnd)
        self._owner = take("GetWindowThreadProcessId", dword, hwnd, ctypes.POINTER(dword))
        self._title = take("GetWindowTextW", ctypes.c_int, hwnd, text, ctypes.c_int)
        self._class = take("GetClassNameW", ctypes.c_int, hwnd, text, ctypes.c_int)
        self._gui = take("GetGUIThreadInfo", wintypes.BOOL, dword, ctypes.POINTER(_GuiThreadInfo))
        self._long = take("GetWindowLongW", wintypes.LONG, hwnd, ctypes.c_int)
        self._last_input = take("GetLastInputInfo", wintypes.BOOL, ctypes.POINTER(_LastInput))
        self._cursor = take("GetCursorPos", wintypes.BOOL, ctypes.POINTER(wintypes.POINT))
        self._key = take("GetAsyncKeyState", wintypes.SHORT, ctypes.c_int)
        self._toggle = take("GetKeyState", wintypes.SHORT, ctypes.c_int)
        self._layout = take("GetKeyboardLayout", wintypes.HKL, dword)
        keys, out = ctypes.POINTER(wintypes.BYTE), wintypes.LPWSTR
        uint = wintypes.UINT
        self._text = take(
            "ToUnicodeEx", ctypes.c_int, uint, uint, keys, out, ctypes.c_int, uint, wintypes.HKL
        )
        self._hook = take(
            "SetWinEventHook",
            wintypes.HANDLE,
            dword,
            dword,
            wintypes.HMODULE,
            WinEventProc,
            dword,
            dword,
            dword,
        )
        self._unhook = take("UnhookWinEvent", wintypes.BOOL, wintypes.HANDLE)
        message = ctypes.POINTER(wintypes.MSG)
        self._message = take("GetMessageW", ctypes.c_int, message, hwnd, uint, uint)
        self._peek = take("PeekMessageW", wintypes.BOOL, message, hwnd, uint, uint, uint)
        self._dispatch = take("DispatchMessageW", wintypes.LPARAM, message)
        self._post = take("PostThreadMessageW", wintypes.BOOL, dword, uint, wintypes.WPARAM, wintypes.LPARAM)
        handle = wintypes.HANDLE
        self._desktop = take("GetThreadDesktop", handle, dword)
        self._join_desktop = take("SetThreadDesktop", wintypes.BOOL, handle)
        self._input_desktop = take("OpenInputDesktop", handle, dword, wintypes.BOOL, dword)
        self._close_desktop = take("CloseDesktop", wintypes.BOOL, handle)
        about = ctypes.POINTER(dword)
        self._about = take(
            "GetUserObjectInformationW", wintypes.BOOL, handle, ctypes.c_int, text, dword, about
        )

    def foreground(self) -> int:
        """Return the foreground window; 0 where there is none, as while the device is locked."""
        return int(self._foreground() or 0)

    def owner(self, window: int) -> Owner:
        pid = wintypes.DWORD()
        thread = self._owner(window, ctypes.byref(pid))
        return Owner(pid=pid.value, thread=int(thread))

    def title(self, window: int, limit: int) -> str:
        """Return at most `limit` characters. Windows keeps a copy: a hanging window delays nothing."""
        buffer = ctypes.create_unicode_buffer(limit + 1)
        self._title(window, buffer, limit + 1)
        return buffer.value

    def class_of(self, window: int) -> str:
        buffer = ctypes.create_unicode_buffer(NAME_LIMIT)
        self._class(window, buffer, NAME_LIMIT)
        return buffer.value

    def focus(self) -> int:
        """Return the window inside the foreground thread that has the focus, 0 where it is not told."""
        told = _GuiThreadInfo()
        told.cbSize = ctypes.sizeof(told)
        if not self._gui(0, ctypes.byref(told)):
            return 0
        return int(told.hwndFocus or 0)

    def style(self, window: int) -> int:
        """Return the window's style bits; 0 where it is gone, and every child window has one."""
        return int(self._long(window, STYLE)) & 0xFFFFFFFF

    def last_input_ms(self) -> int:
        """Return the tick of the last key or mouse input of this session, 0 where it is not told."""
        told = _LastInput()
        told.cbSize = ctypes.sizeof(told)
        return int(told.dwTime) if self._last_input(ctypes.byref(told)) else 0

    def cursor(self) -> tuple[int, int]:
        point = wintypes.POINT()
        self._cursor(ctypes.byref(point))
        return int(point.x), int(point.y)

    def is_down(self, key: int) -> bool:
        return bool(self._key(key) & 0x8000)

    def is_toggled(self, key: int) -> bool:
        return bool(self._toggle(key) & 1)

    def layout(self, thread: int) -> int:
        """Return the keyboard layout of a thread."""
        return int(self._layout(thread) or 0)

    def text_of(self, key: int, scan: int, states: bytes, layout: int) -> tuple[int, str]:
        """Return ToUnicodeEx's count (negative: a dead key) and text; nobody's dead keys are disturbed."""
        held = (wintypes.BYTE * 256).from_buffer_copy(states)
        buffer = ctypes.create_unicode_buffer(9)
        count = int(self._text(key, scan, held, buffer, 8, NO_STATE_CHANGE, layout))
        return count, buffer.value[: abs(count)]

    def hook_events(self, event: int, callback: "ctypes._FuncPointer") -> int:
        """Have a kind of event of all processes delivered to this thread's messages; 0 where refused."""
        return int(self._hook(event, event, None, callback, 0, 0, OUT_OF_CONTEXT) or 0)

    def unhook_events(self, hook: int) -> None:
        self._unhook(hook)

    def make_queue(self) -> None:
        """Give this thread a message queue, so that others can post to it."""
        message = wintypes.MSG()
        self._peek(ctypes.byref(message), None, WM_USER, WM_USER, 0)

    def pump(self, woken: Callable[[], None]) -> None:
        """Deliver this thread's messages until WM_QUIT; `woken` is called at each `wake`."""
        message = wintypes.MSG()
        while self._message(ctypes.byref(message), None, 0, 0) > 0:
            if message.message == WM_WAKE and not message.hWnd:
                woken()
            else:
                self._dispatch(ctypes.byref(message))

    def wake(self, thread: int) -> None:
        """Have a thread that pumps woken."""
        self._post(thread, WM_WAKE, 0, 0)

    def forget_wakes(self) -> None:
        """Take what woke this thread out of its queue, as often as it is there."""
        message = wintypes.MSG()
        while self._peek(ctypes.byref(message), None, WM_WAKE, WM_WAKE, REMOVE):
            pass

    def deliver_events(self) -> None:
        """Have every event that this thread was told of so far delivered to its hooks."""
        # To look for a message delivers them first, whatever it finds.
        message = wintypes.MSG()
        self._peek(ctypes.byref(message), None, 0, 0, 0)

    def end_pump(self, thread: int) -> None:
        self._post(thread, WM_QUIT, 0, 0)

    def join_desktop(self) -> bool:
        """Put this thread on the desktop that our process was started on; False where Windows refuses.

        Before it has a window or a hook. Windows has every thread there; wine only the first one, and the
        others where whoever started us is, which for a service's child is a desktop that nobody sees.
        """
        return bool(self._join_desktop(self._first_desktop()))

    def desktop_in_front(self) -> bool:
        """Tell whether the person's keys go to our desktop; False where Windows does not let us ask."""
        # That of a locked device or of a question of Windows' own can't be opened.
        desktop = self._input_desktop(0, False, READ_OBJECTS)
        if not desktop:
            return False
        try:
            name = self._name_of(desktop)
            return bool(name) and name == self._name_of(self._first_desktop())
        finally:
            self._close_desktop(desktop)

    def _first_desktop(self) -> int:
        # Not ours to close.
        return int(self._desktop(threading.main_thread().native_id or 0) or 0)

    def _name_of(self, desktop: int) -> str:
        buffer, size = ctypes.create_unicode_buffer(NAME_LIMIT), wintypes.DWORD()
        told = self._about(desktop, OBJECT_NAME, buffer, ctypes.sizeof(buffer), ctypes.byref(size))
        return buffer.value.casefold() if told else ""
