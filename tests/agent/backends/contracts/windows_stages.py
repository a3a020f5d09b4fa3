"""The Windows backends' own rules, with a pretended keyboard, focus and taskbar at the edge of the system."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from lamplighter_agent.backends.ports import Failed, FieldRole, KeyCapability, KeyKind, KeyPress
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.backends.windows.field_keys import NOTHING, Field
from lamplighter_agent.backends.windows.foreground import WindowsForeground
from lamplighter_agent.backends.windows.indicator import WindowsIndicator
from lamplighter_agent.backends.windows.secret_field import Answered
from lamplighter_agent.backends.windows.typed_text import WindowsText
from lamplighter_agent.errors import BackendUnavailable

from tests.agent.backends.contracts.stages import Shown
from tests.agent.backends.windows.pretended import PID, PretendedWindows
from tests.agent.backends.windows.taskbar import Taskbar

STEP_MS = 50


class Person:
    """A keyboard and a focus in one, with Windows' ticks; questions are answered on the loop's next turn."""

    name = "pretended keys"
    capabilities = frozenset(KeyCapability)

    def __init__(self) -> None:
        self.field = NOTHING
        self.tick = 0
        self._sink: Callable[[KeyPress], None] | None = None
        self._answered: Answered | None = None
        self._moved: Callable[[], None] = lambda: None

    async def stop(self) -> None:
        self._sink = self._answered = None

    def press(self, kind: KeyKind, text: str = "") -> None:
        self.tick += STEP_MS
        if self._sink is not None:
            self._sink(KeyPress(kind=kind, text=text, time_ms=self.tick))

    def move(self, field: Field) -> None:
        self.field = field
        if self._answered is not None:
            self._moved()

    def ask(self) -> None:
        asyncio.get_running_loop().call_soon(self._answer)

    def _answer(self) -> None:
        self.tick += STEP_MS
        if self._answered is not None:
            self._answered(self.field, self.tick, self.tick + 1)


class Keys(Person):
    """Its keyboard."""

    async def start(self, sink: Callable[[KeyPress], None], failed: Failed) -> None:
        self._sink = sink


class Focus:
    """Its focus."""

    def __init__(self, person: Person) -> None:
        self._person = person

    async def start(
        self, answered: Answered, moved: Callable[[], None], broken: Callable[[BackendUnavailable], None]
    ) -> None:
        self._person._answered, self._person._moved = answered, moved

    def ask(self) -> None:
        self._person.ask()

    async def stop(self) -> None:
        self._person._answered = None


class FieldStage:
    """Fields of one pretended program."""

    def __init__(self) -> None:
        self._person = Keys()
        self.source = WindowsText(self._person, Focus(self._person))
        self._opened = 0

    async def happen(self) -> None:
        await self.open("happening")

    async def open(self, title: str, *, secret: bool = False) -> int | None:
        self._opened += 1
        role = FieldRole.SECRET if secret else FieldRole.EDITABLE
        self._person.move(Field(f"1/{self._opened}", role, 7))
        await _turns()
        return 7

    async def type(self, text: str) -> None:
        await _turns()
        for letter in text:
            self._person.press(KeyKind.TEXT, letter)

    async def erase(self) -> None:
        self._person.press(KeyKind.BACKSPACE)


async def _turns() -> None:
    """Let what was asked be answered."""
    for _ in range(3):
        await asyncio.sleep(0)


@asynccontextmanager
async def fields(request: pytest.FixtureRequest) -> AsyncIterator[FieldStage]:
    yield FieldStage()


class WindowStage:
    """Windows of a pretended Windows."""

    def __init__(self) -> None:
        self._windows = PretendedWindows()
        self.source = WindowsForeground(self._windows.system)

    async def happen(self) -> None:
        await self.open("happening")

    async def open(self, title: str) -> Shown:
        return Shown(self._windows.open(title), PID)

    async def retitle(self, window: Shown, title: str) -> None:
        self._windows.retitle(window.window_id, title)

    def bring(self, window: Shown) -> None:
        self._windows.bring(window.window_id)

    async def close(self, window: Shown) -> None:
        self._windows.close(window.window_id)


@asynccontextmanager
async def foreground(request: pytest.FixtureRequest) -> AsyncIterator[WindowStage]:
    stage = WindowStage()
    try:
        yield stage
    finally:
        await stage.source.stop()


class IconStage:
    """An icon on a pretended taskbar."""

    def __init__(self) -> None:
        self._taskbar = Taskbar()
        self.indicator = WindowsIndicator(self._taskbar, Sign(organisation="Larkhill Bridge School"))

    def visible(self) -> bool:
        return self._taskbar.tip is not None

    def take_away(self) -> None:
        self._taskbar.tip = None


@asynccontextmanager
async def icon(request: pytest.FixtureRequest) -> AsyncIterator[IconStage]:
    stage = IconStage()
    try:
        yield stage
    finally:
        await stage.indicator.stop()
