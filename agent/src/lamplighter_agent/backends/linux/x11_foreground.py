"""The foreground window of an X11 session, by events only: nothing is polled.

The window manager names the active window in a property of the root window; its title is a property
of the window. Who gets the keys is told by FocusIn and FocusOut, which also come when
another program grabs the keyboard (a pass-phrase prompt, a locked screen). All runs on the event loop:
the connection's descriptor wakes it, and each question to the server is one short round trip.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from Xlib import X
from Xlib.error import ConnectionClosedError, DisplayError, XError

from lamplighter_agent.backends.linux._xlib import close, connect
from lamplighter_agent.backends.ports import Failed, FocusCheck, Foreground
from lamplighter_agent.errors import BackendUnavailable

PORT = "ForegroundWindow"
# In units of four bytes: no title is read beyond 4 KiB.
PROPERTY_LIMIT = 1024
MASK = X.PropertyChangeMask | X.FocusChangeMask | X.StructureNotifyMask
# Focus that moves between a window and its own children, or follows the pointer, changes nothing for us.
WITHIN = frozenset({X.NotifyInferior, X.NotifyPointer, X.NotifyPointerRoot})


class X11Foreground:
    """Reports the active window of one X11 display."""

    name = "X11 properties"

    def __init__(self, display_name: str) -> None:
        self._display_name = display_name
        self._host = socket.gethostname()
        self._display: Any = None
        self._descriptor = -1
        self._window: Any = None
        self._current: Foreground | None = None
        self._focus_known: tuple[int, int, bool] = (0, 0, False)
        self._time_ms = 0
        self._sink: Callable[[Foreground | None], None] = lambda _: None
        self._failed: Failed = lambda _: None

    async def start(self, sink: Callable[[Foreground | None], None], failed: Failed) -> None:
        """Report the active window at once, then each change."""
        self._sink, self._failed = sink, failed
        try:
            self._open()
            self._require_window_manager()
            self._descriptor = self._display.fileno()
            asyncio.get_running_loop().add_reader(self._descriptor, self._on_readable)
            self._switch()
            self._drain()
        except (DisplayError, ConnectionClosedError, OSError) as error:
            await self.stop()
            reason = "the display can't be opened"
            raise BackendUnavailable(PORT, reason, "check DISPLAY and XAUTHORITY") from error
        except BackendUnavailable:
            await self.stop()
            raise

    async def stop(self) -> None:
        display, self._display = self._display, None
        self._window = self._current = None
        if display is not None:
            self._unhook()
            close(display)

    def check(self) -> FocusCheck:
        """Ask which window has the keyboard; events before the answer are reported before this returns."""
        if self._display is None:
            return FocusCheck(window_id=None, time_ms=self._time_ms)
        try:
            focus = self._ask_focus()
            self._drain()
            inside = self._current is not None and self._current.has_keyboard and self._holds(focus)
        except (ConnectionClosedError, OSError):
            self._break()
            return FocusCheck(window_id=None, time_ms=self._time_ms)
        window_id = self._current.window_id if inside and self._current is not None else None
        return FocusCheck(window_id=window_id, time_ms=self._time_ms)

    def _open(self) -> None:
        self._display = display = connect(self._display_name)
        # A window that just died is no news: its errors are expected.
        display.set_error_handler(lambda *_: None)
        self._root = display.screen().root
        self._atoms = {
            name: display.intern_atom(name)
            for name in (
                "_NET_ACTIVE_WINDOW",
                "_NET_SUPPORTING_WM_CHECK",
                "_NET_WM_NAME",
                "_NET_WM_PID",
                "WM_NAME",
                "WM_CLASS",
                "WM_CLIENT_MACHINE",
                "UTF8_STRING",
                "_LAMPLIGHTER_TIME",
            )
        }
        self._titles = {self._atoms["_NET_WM_NAME"], self._atoms["WM_NAME"]}
        self._root.change_attributes(event_mask=X.PropertyChangeMask)
        self._clock = self._root.create_window(
            -1, -1, 1, 1, 0, X.CopyFromParent, X.InputOnly, event_mask=X.PropertyChangeMask
        )

    def _require_window_manager(self) -> None:
        if self._read(self._root, "_NET_SUPPORTING_WM_CHECK") is None:
            reason = "no window manager names the active window"
            raise BackendUnavailable(PORT, reason, "use an EWMH window manager")

    def _on_readable(self) -> None:
        try:
            self._drain()
        except (ConnectionClosedError, OSError):
            self._break()

    def _break(self) -> None:
        if self._display is None:
            return
        self._unhook()
        close(self._display)
        self._display = self._current = self._window = None
        self._failed(BackendUnavailable(PORT, "the display closed the connection", "restart the session"))

    def _unhook(self) -> None:
        # Kept from the start: a connection that ended no longer tells its descriptor.
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            asyncio.get_running_loop().remove_reader(descriptor)

    def _drain(self) -> None:
        """Handle every event that has arrived; the questions asked meanwhile may bring more."""
        while self._display is not None and self._display.pending_events():
            event = self._display.next_event()
            if event.type == X.PropertyNotify:
                self._on_property(event)
            elif event.type in (X.FocusIn, X.FocusOut):
                self._on_focus(event)
            elif event.type == X.DestroyNotify:
                self._on_destroyed(event.window.id)

    def _on_destroyed(self, window_id: int) -> None:
        # Its number may soon be another window's.
        if self._current is not None and self._current.window_id == window_id:
            self._window = None
            self._tell(None)

    def _on_property(self, event: Any) -> None:
        if event.window.id == self._clock.id:
            self._time_ms = event.time
        elif event.atom == self._atoms["_NET_ACTIVE_WINDOW"]:
            self._switch()
        elif self._window is not None and event.window.id == self._window.id and event.atom in self._titles:
            current, title = self._current, self._title()
            if current is not None and title != current.title:
                self._tell(replace(current, title=title))

    def _on_focus(self, event: Any) -> None:
        current = self._current
        if current is None or event.window.id != current.window_id or event.detail in WITHIN:
            return
        has_keyboard = event.type == X.FocusIn
        if has_keyboard and not current.has_keyboard:
            # Focus events carry no time: the server's time now is safely later.
            self._tell(replace(current, has_keyboard=True, since_ms=self._stamp()))
        elif not has_keyboard and current.has_keyboard:
            self._tell(replace(current, has_keyboard=False))

    def _switch(self) -> None:
        """Another window is active: watch it instead of the last one, and tell."""
        value = self._read(self._root, "_NET_ACTIVE_WINDOW")
        number = int(value[0]) if value is not None and len(value) else 0
        if self._current is not None and self._current.window_id == number:
            return
        self._unwatch()
        self._window = self._watched(number)
        self._current = None
        if self._window is None:
            self._tell(None)
            return
        has_keyboard = self._holds(self._display.get_input_focus().focus)
        since_ms = self._stamp()
        pid = self._read(self._window, "_NET_WM_PID")
        machine = self._text("WM_CLIENT_MACHINE")
        names = self._text("WM_CLASS").rstrip("\0").split("\0")
        self._tell(
            Foreground(
                window_id=number,
                title=self._title(),
                # A window from another machine has a pid of that machine.
                pid=int(pid[0]) if pid is not None and len(pid) and machine in ("", self._host) else None,
                window_class=names[-1],
                # Not the time of the news: where the focus was between that and our watch nobody can say.
                since_ms=since_ms,
                has_keyboard=has_keyboard,
            )
        )

    def _unwatch(self) -> None:
        """Ask no more for the last window's events, and forget its focus events that are still in the queue.

        If the same window is watched again soon they would be taken for newer than the answer asked for then.
        """
        if self._window is None:
            return
        self._window.change_attributes(event_mask=0)
        self._display.sync()
        # No window is watched now: whatever came before this answer is of the past.
        queue = self._display.display.event_queue
        queue[:] = [event for event in queue if event.type not in (X.FocusIn, X.FocusOut)]

    def _watched(self, number: int) -> Any:
        """Ask for a window's events; None if it is gone already (its number may come again)."""
        window = self._display.create_resource_object("window", number)
        window.change_attributes(event_mask=MASK)
        try:
            window.get_attributes()
        except XError:
            return None
        return window

    def _tell(self, foreground: Foreground | None) -> None:
        self._current = foreground
        self._sink(foreground)

    def _ask_focus(self) -> Any:
        """Return who has the input focus and read the server's time, in one round trip."""
        self._touch_clock()
        focus = self._display.get_input_focus().focus
        self._read_clock()
        return focus

    def _stamp(self) -> int:
        self._touch_clock()
        self._display.sync()
        return self._read_clock()

    def _touch_clock(self) -> None:
        atom = self._atoms["_LAMPLIGHTER_TIME"]
        self._clock.change_property(atom, self._atoms["UTF8_STRING"], 8, b"", X.PropModeAppend)

    def _read_clock(self) -> int:
        # The stamp's event came before the reply; it waits in the queue behind those not yet handled.
        for event in reversed(self._display.display.event_queue):
            if event.type == X.PropertyNotify and event.window.id == self._clock.id:
                self._time_ms = event.time
                break
        return self._time_ms

    def _holds(self, focus: Any) -> bool:
        """Tell whether the focus is the active window or inside it."""
        if isinstance(focus, int) or self._window is None:
            return False
        if focus.id == self._window.id:
            return True
        if self._focus_known[:2] != (focus.id, self._window.id):
            self._focus_known = (focus.id, self._window.id, self._is_inside(focus))
        return self._focus_known[2]

    def _is_inside(self, window: Any) -> bool:
        with contextlib.suppress(XError):
            while not isinstance(window, int) and window is not None:
                if window.id == self._window.id:
                    return True
                window = window.query_tree().parent
        return False

    def _title(self) -> str:
        return self._text("_NET_WM_NAME") or self._text("WM_NAME", "latin-1")

    def _text(self, name: str, encoding: str = "utf-8") -> str:
        value = self._read(self._window, name)
        return bytes(value).decode(encoding, "replace") if isinstance(value, bytes) else ""

    def _read(self, window: Any, name: str) -> Any:
        try:
            found = window.get_property(self._atoms[name], X.AnyPropertyType, 0, PROPERTY_LIMIT)
        except XError:
            return None
        return None if found is None else found.value
