"""Keys of an X11 session: the RECORD extension tells each press, libxkbcommon what it means.

One thread, `lamplighter-x11-keys`, owns three connections. Two are python-xlib's for RECORD: one controls
the context, the other is given to it for good. The third is libxcb's for the layout. The callback does no
more than look up the text and hand the press to the event loop: what is slow here delays only ourselves.
The layout is read anew at the first press after the display said that it changed.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any

from Xlib import X
from Xlib.error import ConnectionClosedError, DisplayError
from Xlib.ext import record

from lamplighter_agent.backends.linux import _xkbcommon
from lamplighter_agent.backends.linux._keysyms import classify
from lamplighter_agent.backends.linux._xlib import close, connect
from lamplighter_agent.backends.ports import Failed, KeyCapability, KeyPress
from lamplighter_agent.errors import BackendUnavailable

PORT = "KeySource"
EVENT_BYTES = 32
START_S = 10.0
JOIN_S = 5.0
RANGES: dict[str, Any] = {
    "core_requests": (0, 0),
    "core_replies": (0, 0),
    "ext_requests": (0, 0, 0, 0),
    "ext_replies": (0, 0, 0, 0),
    "delivered_events": (X.MappingNotify, X.MappingNotify),
    "device_events": (X.KeyPress, X.KeyPress),
    "errors": (0, 0),
    "client_started": False,
    "client_died": False,
}


class X11Keys:
    """Key presses of one X11 display, as text in the layout of the moment."""

    name = "XRecord and libxkbcommon"

    def __init__(
        self,
        display_name: str,
        *,
        locale: str = "en_US.UTF-8",
        libraries: tuple[str, str, str] = _xkbcommon.NAMED_LIBRARIES,
    ) -> None:
        self._display_name = display_name
        self._locale = locale
        self._libraries = libraries
        self._recorder: _Recorder | None = None
        self._composes = True

    @property
    def capabilities(self) -> frozenset[KeyCapability]:
        everything = frozenset(KeyCapability)
        return everything if self._composes else everything - {KeyCapability.DEAD_KEYS}

    async def start(self, sink: Callable[[KeyPress], None], failed: Failed) -> None:
        """Listen; return at RECORD's first reply, from which on no press is missed."""
        loop = asyncio.get_running_loop()
        libraries = _xkbcommon.load(self._libraries)
        recorder = _Recorder(self._display_name, self._locale, libraries)
        started: asyncio.Future[None] = loop.create_future()

        def report(problem: BackendUnavailable | None) -> None:
            if not started.done():
                if problem is None:
                    started.set_result(None)
                else:
                    started.set_exception(problem)
            elif problem is not None and self._recorder is recorder:
                failed(problem)

        recorder.begin(loop, sink, report)
        try:
            async with asyncio.timeout(START_S):
                await started
        except TimeoutError as error:
            recorder.end()
            raise BackendUnavailable(PORT, "the display does not answer", "restart the session") from error
        except BackendUnavailable:
            recorder.end()
            raise
        self._recorder = recorder
        self._composes = recorder.composes

    async def stop(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            recorder.end()


class _Recorder:
    """The thread and its connections, for one start."""

    def __init__(self, display_name: str, locale: str, libraries: _xkbcommon.Libraries) -> None:
        self._display_name = display_name
        self._locale = locale
        self._libraries = libraries
        self._thread: threading.Thread | None = None
        self._control: Any = None
        self._context = 0
        self._stopping = threading.Event()
        self._keymap: _xkbcommon.Keymap | None = None
        self._layout_changed = False
        self.composes = True
        self._post: Callable[..., Any] = lambda *_: None
        self._sink: Callable[[KeyPress], None] = lambda _: None
        self._report: Callable[[BackendUnavailable | None], None] = lambda _: None

    def begin(
        self,
        loop: asyncio.AbstractEventLoop,
        sink: Callable[[KeyPress], None],
        report: Callable[[BackendUnavailable | None], None],
    ) -> None:
        self._sink, self._report = sink, report

        def post(function: Callable[..., None], *arguments: object) -> None:
            # The loop may already be closed when the last press comes. One turn later than it could be, so
            # that what has already arrived about the focus is handled before the press it concerns.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(loop.call_soon, function, *arguments)

        self._post = post
        self._thread = threading.Thread(target=self._run, name="lamplighter-x11-keys", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop RECORD, which ends the thread, and wait for it."""
        self._stopping.set()
        control = self._control
        if control is not None and self._context:
            with contextlib.suppress(ConnectionClosedError, OSError):
                control.record_disable_context(self._context)
                control.flush()
        if self._thread is not None:
            self._thread.join(JOIN_S)
        # Only now: the thread and this call share no connection while both use it.
        if control is not None:
            close(control)

    def _run(self) -> None:
        try:
            self._listen()
            problem = BackendUnavailable(PORT, "the display ended the recording", "restart the session")
        except BackendUnavailable as unavailable:
            problem = unavailable
        except DisplayError:
            reason = "the display can't be opened"
            problem = BackendUnavailable(PORT, reason, "check DISPLAY and XAUTHORITY")
        except Exception as error:  # noqa: BLE001 - the one guard of this thread
            problem = BackendUnavailable(
                PORT, f"listening broke ({type(error).__name__})", "restart the session"
            )
        if not self._stopping.is_set():
            self._post(self._report, problem)

    def _listen(self) -> None:
        with contextlib.ExitStack() as stack:
            self._control = control = connect(self._display_name)
            if not control.has_extension("RECORD"):
                raise BackendUnavailable(
                    PORT, "the display has no RECORD extension", "start the X server with RECORD"
                )
            recording = connect(self._display_name)
            stack.callback(close, recording)
            self._keymap = _xkbcommon.Keymap(self._libraries, self._display_name, self._locale)
            stack.callback(self._keymap.close)
            self.composes = self._keymap.composes
            self._context = control.record_create_context(0, [record.AllClients], [RANGES])
            control.sync()
            if not self._stopping.is_set():
                recording.record_enable_context(self._context, self._on_reply)

    def _on_reply(self, reply: Any) -> None:
        if reply.category == record.StartOfData:
            self._post(self._report, None)
            if self._stopping.is_set():
                self._control.record_disable_context(self._context)
                self._control.flush()
        if reply.category != record.FromServer:
            return
        data = reply.data
        for begin in range(0, len(data) - EVENT_BYTES + 1, EVENT_BYTES):
            self._on_event(data[begin : begin + EVENT_BYTES])

    def _on_event(self, event: bytes) -> None:
        # The wire form of a core event: type, detail, sequence, time, three windows, four
        # coordinates, state. Reading it here costs a tenth of python-xlib's general parser.
        kind = event[0] & 0x7F
        if kind == X.MappingNotify:
            self._layout_changed = True
            # The controlling connection is told too; unread news would pile up.
            for _ in range(self._control.pending_events()):
                self._control.next_event()
            return
        if kind != X.KeyPress or self._keymap is None:
            return
        if self._layout_changed:
            self._layout_changed = False
            self._keymap.reload()
        state = int.from_bytes(event[28:30], _BYTE_ORDER)
        meaning = classify(*self._keymap.press(event[1], state), state)
        if meaning is not None:
            time_ms = int.from_bytes(event[4:8], _BYTE_ORDER)
            self._post(self._sink, KeyPress(kind=meaning[0], text=meaning[1], time_ms=time_ms))


# python-xlib asks the server for this machine's byte order.
_BYTE_ORDER: Any = "little" if memoryview(b"\x01\x00").cast("H")[0] == 1 else "big"
