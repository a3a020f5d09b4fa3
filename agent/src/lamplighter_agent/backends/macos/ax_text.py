"""Text that a person types into the focused field of a macOS session, by keys and judged by accessibility.

A key counts only between two looks at the focus that agree: the field was known, editable and not secret
before the press and still is `HOLD_S` after it, with no news of the focus and no secure input in between.
Every other key is dropped; where the field may have been ordinary, it is counted.
What is pasted is not seen: the clipboard is never read.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from lamplighter_agent.backends.macos._keyed_field import KeyedField, role_of
from lamplighter_agent.backends.macos.ax_foreground import PERMISSION
from lamplighter_agent.backends.macos.event_tap import EventTap
from lamplighter_agent.backends.macos.system import Close, OpensSystem, System
from lamplighter_agent.backends.ports import (
    AccessibleEvent,
    Failed,
    FieldFocused,
    FieldRole,
    KeyKind,
    KeyPress,
    TextLost,
)
from lamplighter_agent.backends.ticks import is_after
from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.errors import BackendUnavailable

PORT = "AccessibleText"
# Longer than a program takes to tell that the focus moved, shorter than a person notices.
HOLD_S = 0.03
# The focus before anything was looked at.
NOWHERE = FieldFocused(field_key="", role=FieldRole.OTHER, pid=None)


class AxText:
    """Reports the focused field and what is typed into it."""

    name = "accessibility and event tap"

    def __init__(self, opens: OpensSystem) -> None:
        self._opens = opens
        self._tap = EventTap(opens)
        self._system: System | None = None
        self._close: Close | None = None
        self._run = 0
        self._focus = NOWHERE
        self._since_ms = 0
        self._keyed: KeyedField | None = None
        # Keys that wait for the second look, each with the timer of its own.
        self._held: deque[tuple[KeyPress, asyncio.TimerHandle]] = deque()
        self._sink: Callable[[AccessibleEvent], None] = lambda _: None
        self._failed: Failed = lambda _: None

    async def start(self, sink: Callable[[AccessibleEvent], None], failed: Failed) -> None:
        """Listen, then tell which field has the focus."""
        system = self._opens()
        if not system.trusted():
            raise BackendUnavailable(PORT, "Accessibility is not granted", PERMISSION)
        post = poster()
        self._run += 1
        run = self._run
        await self._tap.start(self._on_key, self._on_tap_failed)
        self._system, self._sink, self._failed, self._focus = system, sink, failed, NOWHERE
        self._close = system.watch_focus(lambda: post(self._on_focus_news, run))
        self._look(system)

    async def stop(self) -> None:
        await self._tap.stop()
        self._forget()

    def _forget(self) -> None:
        close, self._close = self._close, None
        self._system = self._keyed = None
        self._take_held()
        if close is not None:
            close()

    def _on_tap_failed(self, problem: BackendUnavailable) -> None:
        self._forget()
        self._failed(BackendUnavailable(PORT, problem.reason, problem.remedy))

    def _on_focus_news(self, run: int) -> None:
        if run != self._run or self._system is None:
            return
        # Whoever got the focus meanwhile may have given it back: what is held may be theirs.
        self._look(self._system)
        self._since_ms = self._system.now_ms()
        self._drop_held()

    def _on_key(self, key: KeyPress) -> None:
        if self._system is None:
            return
        self._held.append((key, asyncio.get_running_loop().call_later(HOLD_S, self._settle)))
        if not self._look(self._system) or not is_after(self._since_ms, key.time_ms):
            self._drop_held()

    def _settle(self) -> None:
        """Hand the oldest held key over, whose timer this is."""
        if self._system is None:
            return
        if not self._look(self._system):
            self._drop_held()
            return
        key, _ = self._held.popleft()
        if self._keyed is not None:
            for event in self._keyed.press(key):
                self._sink(event)

    def _drop_held(self) -> None:
        lost = sum(key.kind is KeyKind.TEXT for key in self._take_held())
        if lost and self._focus.role is FieldRole.EDITABLE:
            self._sink(TextLost(count=lost))

    def _take_held(self) -> list[KeyPress]:
        held = [key for key, _ in self._held]
        for _, timer in self._held:
            timer.cancel()
        self._held.clear()
        return held

    def _look(self, system: System) -> bool:
        """Ask who has the focus and tell a change; return whether it is the same editable field as before."""
        element = system.focus()
        found = NOWHERE
        if element is not None:
            role = FieldRole.SECRET if system.secure_input() else role_of(element)
            found = FieldFocused(field_key=element.key, role=role, pid=element.pid)
        if found == self._focus:
            return found.role is FieldRole.EDITABLE
        self._focus = found
        self._since_ms = system.now_ms()
        editable = found.role is FieldRole.EDITABLE and found.pid is not None
        self._keyed = KeyedField(found.field_key, found.pid) if editable and found.pid is not None else None
        self._sink(found)
        return False
