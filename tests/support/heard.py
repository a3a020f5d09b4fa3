"""What a source of a desktop told: of the windows in front, or of fields and their text."""

import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from lamplighter_agent.backends.ports import (
    AccessibleEvent,
    AccessibleText,
    FieldFocused,
    FieldRole,
    Foreground,
    ForegroundWindow,
    TextInserted,
)
from lamplighter_agent.errors import BackendUnavailable

from tests.support.sensed import eventually


class HeardWindows:
    """A source and what it reported, each with the time of its arrival."""

    def __init__(self, source: ForegroundWindow) -> None:
        self.source = source
        self.seen: list[Foreground | None] = []
        self.times: list[float] = []
        self.problems: list[BackendUnavailable] = []
        # Called once, within the next report.
        self.after_next: Callable[[], None] = lambda: None

    async def start(self) -> None:
        await self.source.start(self._take, self.problems.append)

    async def shows(self, title: str, *, has_keyboard: bool = True) -> Foreground:
        def look() -> Foreground | None:
            last = self.seen[-1] if self.seen else None
            return last if last and (last.title, last.has_keyboard) == (title, has_keyboard) else None

        return await eventually(look, f"{title!r} in front, last is {self.seen[-1:]}")

    def _take(self, window: Foreground | None) -> None:
        self.seen.append(window)
        self.times.append(time.monotonic())
        after, self.after_next = self.after_next, lambda: None
        after()


class HeardFields:
    """A source and what it reported."""

    def __init__(self, source: AccessibleText) -> None:
        self.source = source
        self.events: list[AccessibleEvent] = []
        self.problems: list[BackendUnavailable] = []

    async def start(self) -> None:
        await self.source.start(self.events.append, self.problems.append)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextInserted))

    async def focused(self, role: FieldRole) -> FieldFocused:
        def look() -> FieldFocused | None:
            focused = [event for event in self.events if isinstance(event, FieldFocused)]
            return focused[-1] if focused and focused[-1].role is role else None

        return await eventually(look, f"focus of {role}, have {self.events}")

    async def hears(self, text: str) -> None:
        await eventually(lambda: text in self.text, f"{text!r}, have {self.events}")


Heard = TypeVar("Heard", HeardWindows, HeardFields)


@asynccontextmanager
async def listening(heard: Heard) -> AsyncIterator[Heard]:
    """Run its source, which must not break meanwhile."""
    await heard.start()
    yield heard
    await heard.source.stop()
    assert heard.problems == []


def own_threads() -> set[str]:
    """Return the names of threads that a source could leave behind; asyncio keeps workers of its own."""
    return {thread.name for thread in threading.enumerate() if not thread.name.startswith("asyncio_")}
