"""What is typed into ordinary fields of a Windows session: the hook's keys, between two answers on the focus.

Windows tells no other program what was inserted into a field, so this source follows the keys. It begins a
stretch of text anew wherever the insertion point is no longer known. Pastes are not seen.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from lamplighter_agent.backends.ports import (
    AccessibleEvent,
    Failed,
    FieldFocused,
    FieldRole,
    KeyKind,
    KeyPress,
    KeySource,
    TextDeleted,
    TextInserted,
    TextLost,
)
from lamplighter_agent.backends.windows.field_keys import NOTHING, Field, FieldKeys
from lamplighter_agent.backends.windows.secret_field import Answered
from lamplighter_agent.errors import BackendUnavailable

# Long enough for the ticks of a key and of the question after it to differ, and to serve a burst at once.
ASK_AFTER_S = 0.05


class Probe(Protocol):
    """Tells which field has the focus."""

    async def start(
        self, answered: Answered, moved: Callable[[], None], broken: Callable[[BackendUnavailable], None]
    ) -> None: ...

    def ask(self) -> None: ...

    async def stop(self) -> None: ...


class WindowsText:
    """Reports the focus and what is typed there; everything runs on the loop."""

    name = "keyboard hook, ES_PASSWORD and UI Automation"

    def __init__(self, keys: KeySource, probe: Probe) -> None:
        self._keys = keys
        self._probe = probe
        self._sink: Callable[[AccessibleEvent], None] = lambda _: None
        self._fields = FieldKeys()
        self._told = NOTHING
        self._stretch = 0
        self._offset = 0
        self._timer: asyncio.TimerHandle | None = None
        self._running = False

    async def start(self, sink: Callable[[AccessibleEvent], None], failed: Failed) -> None:
        """Listen; raise `BackendUnavailable` where keys or focus can't be had."""
        self._sink = sink
        self._fields, self._told = FieldKeys(), NOTHING
        self._running = True
        try:
            await self._probe.start(self._on_answer, self._on_moved, failed)
            await self._keys.start(self._on_key, failed)
        except BackendUnavailable:
            await self.stop()
            raise
        self._probe.ask()

    async def stop(self) -> None:
        self._running = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self._keys.stop()
        await self._probe.stop()

    def _on_key(self, press: KeyPress) -> None:
        self._fields.pressed(press)
        self._ask_soon()

    def _on_moved(self) -> None:
        if self._running:
            self._fields.moved()
            self._probe.ask()

    def _ask_soon(self) -> None:
        if self._timer is None and self._running:
            self._timer = asyncio.get_running_loop().call_later(ASK_AFTER_S, self._ask)

    def _ask(self) -> None:
        self._timer = None
        self._probe.ask()

    def _on_answer(self, field: Field, asked_ms: int, known_ms: int) -> None:
        if not self._running:
            return
        verdict = self._fields.answered(field, asked_ms=asked_ms, known_ms=known_ms)
        for press in verdict.keys:
            self._read(press)
        if verdict.lost:
            self._sink(TextLost(count=verdict.lost))
        if field != self._told:
            self._told = field
            self._begin()
        elif verdict.lost:
            # What came between is not known, so nothing may look adjacent to it.
            self._begin()
        if self._fields.waiting:
            self._ask_soon()

    def _begin(self) -> None:
        """Tell the field, as one that has no text yet."""
        self._stretch += 1
        self._offset = 0
        self._sink(FieldFocused(field_key=self._key, role=self._told.role, pid=self._told.pid))

    @property
    def _key(self) -> str:
        return f"{self._told.key}#{self._stretch}"

    def _read(self, press: KeyPress) -> None:
        assert self._told.role is FieldRole.EDITABLE
        if press.kind is KeyKind.TEXT:
            for letter in press.text:
                self._insert(letter)
        elif press.kind is KeyKind.ENTER:
            self._insert("\n")
        elif press.kind is KeyKind.BACKSPACE and self._offset:
            self._offset -= 1
            self._sink(TextDeleted(field_key=self._key, offset=self._offset, count=1))
        else:
            self._begin()

    def _insert(self, letter: str) -> None:
        self._sink(TextInserted(field_key=self._key, offset=self._offset, text=letter))
        self._offset += len(letter)
