"""Key presses of a Windows session by pynput's low-level hook.

While the hook is asked, every key of the session waits, and Windows takes a slow hook away. So it only passes
numbers on; what they mean is found out on the loop. pynput's own translation is not used: it freezes the
layout at the start and knows no dead keys. What a key means is asked of Windows for the layout of the window
in front, in the way that leaves everybody's dead keys alone.
"""

import asyncio
import contextlib
import ctypes
from collections.abc import Callable
from typing import Any

from lamplighter_agent.backends.ports import Failed, KeyCapability, KeyKind, KeyPress
from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.backends.windows import key_meaning
from lamplighter_agent.backends.windows._user32 import User32
from lamplighter_agent.backends.windows.hook_watch import LOOK_EVERY_S, HookWatch
from lamplighter_agent.errors import BackendUnavailable

PORT = "KeySource"
START_S = 5.0
JOIN_S = 5.0
PRESSES = frozenset({0x0100, 0x0104})
# After such a pause the modifiers are asked anew: another desktop (Ctrl+Alt+Del) keeps their release from us.
PAUSE_MS = 1000

Raw = Callable[[int, int, int, int], None]


class HookKeys:
    """Reads keys wherever they go; who may read what is decided above."""

    name = "low-level hook (pynput)"
    capabilities = frozenset(KeyCapability)

    def __init__(self) -> None:
        self._user32: User32 | None = None
        self._listener: Any = None
        self._watch = HookWatch()
        self._timer: asyncio.TimerHandle | None = None
        self._anew: asyncio.Task[None] | None = None
        self._sink: Callable[[KeyPress], None] = lambda _: None
        self._failed: Failed = lambda _: None
        self._modifiers = key_meaning.Modifiers()
        self._dead = key_meaning.DeadKeys()
        self._packets = key_meaning.Surrogates()
        self._last_ms = 0

    async def start(self, sink: Callable[[KeyPress], None], failed: Failed) -> None:
        """Listen; return once the hook is set."""
        self._user32 = User32()
        self._sink, self._failed = sink, failed
        self._watch = HookWatch()
        self._dead.clear()
        self._ask_modifiers(self._user32)
        await self._listen(self._user32)
        self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY_S, self._look)

    async def stop(self) -> None:
        self._user32 = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        anew, self._anew = self._anew, None
        if anew is not None:
            anew.cancel()
            await asyncio.gather(anew, return_exceptions=True)
        await self._end()

    async def _listen(self, user32: User32) -> None:
        post = poster()
        started = asyncio.Event()

        def raw(message: int, key: int, scan: int, time_ms: int) -> None:
            post(self._on_raw, message, key, scan, time_ms)

        def ended() -> None:
            if self._listener is listener:
                self._listener = None
                self._failed(BackendUnavailable(PORT, "the keyboard hook ended", "sign in again"))

        try:
            listener = _listener(raw, user32.join_desktop, lambda: post(started.set), lambda: post(ended))
        except ImportError as error:
            raise BackendUnavailable(PORT, "pynput is not installed", "install the agent again") from error
        self._listener = listener
        listener.start()
        try:
            async with asyncio.timeout(START_S):
                await started.wait()
        except TimeoutError as error:
            await self._end()
            raise BackendUnavailable(PORT, "Windows refuses the keyboard hook", "sign in again") from error

    async def _end(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()
            await asyncio.to_thread(listener.join, JOIN_S)

    def _look(self) -> None:
        user32 = self._user32
        if user32 is None:
            return
        self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY_S, self._look)
        settled = self._anew is None or self._anew.done()
        if self._watch.look(user32.last_input_ms(), user32.cursor()) and settled:
            self._anew = asyncio.create_task(self._hook_anew(user32), name="keyboard hook anew")

    async def _hook_anew(self, user32: User32) -> None:
        await self._end()
        try:
            await self._listen(user32)
        except BackendUnavailable as unavailable:
            self._failed(unavailable)

    def _on_raw(self, message: int, key: int, scan: int, time_ms: int) -> None:
        user32 = self._user32
        if user32 is None:
            return
        self._watch.heard(time_ms)
        if (time_ms - self._last_ms) % 2**32 > PAUSE_MS:
            self._ask_modifiers(user32)
        self._last_ms = time_ms
        if message not in PRESSES:
            self._modifiers.release(key)
            return
        self._modifiers.press(key)
        meaning = key_meaning.classify(key, self._text(user32, key, scan), self._modifiers)
        if meaning is None:
            return
        if meaning[0] is not KeyKind.TEXT:
            self._dead.clear()
        self._sink(KeyPress(kind=meaning[0], text=meaning[1], time_ms=time_ms))

    def _text(self, user32: User32, key: int, scan: int) -> str:
        if key in key_meaning.MODIFIERS:
            return ""
        if key == key_meaning.PACKET:
            return self._packets.text(scan)
        layout = user32.layout(user32.owner(user32.foreground()).thread)
        return self._dead.text(*user32.text_of(key, scan, self._modifiers.states(), layout))

    def _ask_modifiers(self, user32: User32) -> None:
        down = {key for key in key_meaning.HELD if user32.is_down(key)}
        self._modifiers.reset(down, {key for key in key_meaning.TOGGLES if user32.is_toggled(key)})


def _listener(
    raw: Raw, joined: Callable[[], bool], started: Callable[[], None], ended: Callable[[], None]
) -> Any:
    """Make pynput's listener with a hook that passes numbers on and a loop that has nothing to do."""
    from pynput import keyboard  # noqa: PLC0415 - it asks for Windows when imported

    class Listener(keyboard.Listener):  # type: ignore[misc]
        """pynput owns the hook, its thread and its end."""

        def __init__(self) -> None:
            super().__init__()
            self.name = "lamplighter-keyboard-hook"
            self.daemon = True

        def run(self) -> None:
            with contextlib.suppress(Exception):
                if joined():
                    super().run()
            ended()

        def _mark_ready(self) -> None:
            super()._mark_ready()
            started()

        def _handler(self, code: int, message: int, lpdata: int) -> None:
            if code == 0:
                raw(message, *_numbers(self, lpdata))

    return Listener()


def _numbers(listener: Any, lpdata: int) -> tuple[int, int, int]:
    """Return virtual key, scan code and time of what the hook was given."""
    data = ctypes.cast(lpdata, listener._LPKBDLLHOOKSTRUCT).contents  # noqa: SLF001 - pynput's own shape
    return int(data.vkCode), int(data.scanCode), int(data.time)
