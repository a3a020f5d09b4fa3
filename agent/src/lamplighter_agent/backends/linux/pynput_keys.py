"""Keys of an X11 session by pynput: the labelled fallback where libxkbcommon is missing.

What it can't read is told by `capabilities` and shown by `status`: AltGr, a layout chosen after the start,
a second layout group, dead keys. pynput reads DISPLAY of its own process when it is imported,
so it is imported at the start and serves only that display.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import Any

from Xlib import X
from Xlib.error import ConnectionClosedError, DisplayError
from Xlib.ext import record

from lamplighter_agent.backends.linux._keysyms import classify
from lamplighter_agent.backends.linux._xlib import close, connect
from lamplighter_agent.backends.ports import Failed, KeyCapability, KeyPress
from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.errors import BackendUnavailable

PORT = "KeySource"
JOIN_S = 5.0
START_S = 10.0


class PynputKeys:
    """Key presses of the process's own X11 display, in the layout that was set at the start."""

    name = "pynput (fallback)"
    capabilities: frozenset[KeyCapability] = frozenset()

    def __init__(self, display_name: str) -> None:
        self._display_name = display_name
        self._listener: Any = None

    async def start(self, sink: Callable[[KeyPress], None], failed: Failed) -> None:
        """Listen; return at RECORD's first reply."""
        if os.environ.get("DISPLAY") != self._display_name:
            raise BackendUnavailable(
                PORT, "pynput serves only its own process's display", "install libxkbcommon-x11-0"
            )
        post = poster()
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def report(problem: str) -> None:
            if not started.done():
                if problem:
                    started.set_exception(BackendUnavailable(PORT, problem, "install libxkbcommon-x11-0"))
                else:
                    started.set_result(None)
            elif problem and self._listener is listener:
                failed(BackendUnavailable(PORT, problem, "restart the session"))

        try:
            listener = _listener(
                self._display_name, lambda key: post(sink, key), lambda problem: post(report, problem)
            )
        except Exception as error:
            # pynput translates nothing: a missing display, extension or module all end here.
            reason = f"pynput can't start ({type(error).__name__})"
            raise BackendUnavailable(PORT, reason, "install libxkbcommon-x11-0") from error
        self._listener = listener
        listener.start()
        try:
            async with asyncio.timeout(START_S):
                await started
        except (TimeoutError, BackendUnavailable) as error:
            await self.stop()
            if isinstance(error, BackendUnavailable):
                raise
            raise BackendUnavailable(PORT, "pynput does not answer", "restart the session") from error

    async def stop(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.end()


def _listener(display_name: str, on_key: Callable[[KeyPress], None], report: Callable[[str], None]) -> Any:
    """Make a pynput listener that keeps the server's time and the modifiers of each press."""
    from pynput import keyboard  # noqa: PLC0415 - it opens the display when imported

    class Listener(keyboard.Listener):  # type: ignore[misc]
        """Reports text; pynput's own callbacks would lose the time of the press."""

        def __init__(self) -> None:
            super().__init__()
            self.name = "lamplighter-pynput-keys"
            self._ending = False

        def run(self) -> None:
            with contextlib.suppress(Exception):
                super().run()
            # pynput leaves its connections open where the display ended first.
            close(getattr(self, "_display_stop", None))
            close(getattr(self, "_display_record", None))
            if not self._ending:
                report("listening broke")

        def end(self) -> None:
            self._ending = True
            # pynput asks on the connection that is busy recording, which may never be answered, or has ended.
            with contextlib.suppress(DisplayError, ConnectionClosedError, AttributeError):
                self.stop()
            _end_recording(display_name, getattr(self, "_context", 0))
            self.join(JOIN_S)

        def _handler(self, reply: Any) -> None:
            if reply.category == record.StartOfData:
                report("")
            super()._handler(reply)

        def _handle_message(self, display: Any, event: Any, _injected: Any) -> None:
            if event.type == X.KeyPress:
                with contextlib.suppress(IndexError):
                    press = _press(self._event_to_key(display, event), event)
                    if press is not None:
                        on_key(press)

    return Listener()


def _end_recording(display_name: str, context: int) -> None:
    with contextlib.suppress(DisplayError, ConnectionClosedError):
        asking = connect(display_name)
        asking.record_disable_context(context)
        asking.sync()
        close(asking)


def _press(key: Any, event: Any) -> KeyPress | None:
    code = getattr(key, "value", key)
    if getattr(code, "is_dead", False):
        return None
    meaning = classify(code.vk or 0, code.char or "", event.state)
    return None if meaning is None else KeyPress(kind=meaning[0], text=meaning[1], time_ms=event.time)
