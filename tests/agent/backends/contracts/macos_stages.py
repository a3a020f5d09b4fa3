"""The macOS backends on a pretended Mac: their own logic, not macOS."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from lamplighter_agent.backends.macos.ax_foreground import AxForeground
from lamplighter_agent.backends.macos.ax_text import AxText
from lamplighter_agent.backends.macos.event_tap import EventTap
from lamplighter_agent.backends.macos.menu_bar import MenuBarIndicator
from lamplighter_agent.backends.macos.system import FrontWindow
from lamplighter_agent.backends.sign import Sign

from tests.agent.backends.contracts.stages import Doomed, Shown, Source
from tests.support.fakes.mac import MacKeyboard, PretendedMac
from tests.support.sensed import aside


class TapStage:
    """An event tap, and a keyboard."""

    def __init__(self) -> None:
        mac = PretendedMac()
        self.source = EventTap(mac.opens)
        self.keyboard = MacKeyboard(mac)

    async def happen(self) -> None:
        await aside(self.keyboard.tap, "a")


class AxForegroundStage:
    """Windows of pretended programs; the last in the list is in front."""

    def __init__(self) -> None:
        self._mac = PretendedMac()
        self.source = AxForeground(self._mac.opens)
        self._stack: list[FrontWindow] = []

    async def happen(self) -> None:
        await self.open("happening")

    async def open(self, title: str) -> Shown:
        number = 1 + len(self._stack)
        self._stack.append(FrontWindow(number=number, title=title, pid=100 + number, bundle="example.editor"))
        self._mac.put_in_front(self._stack[-1])
        return Shown(number, 100 + number)

    async def retitle(self, window: Shown, title: str) -> None:
        self._mac.retitle(title)

    def bring(self, window: Shown) -> None:
        front = next(one for one in self._stack if one.number == window.window_id)
        # The news of it may come later, or never.
        self._mac.put_in_front(front, tell=False)

    async def close(self, window: Shown) -> None:
        self._mac.put_in_front(None)


class AxTextStage:
    """Fields of a pretended program. Its password fields don't even switch secure input on."""

    def __init__(self) -> None:
        self._mac = PretendedMac()
        self.source = AxText(self._mac.opens)
        self._keyboard = MacKeyboard(self._mac)

    async def happen(self) -> None:
        await self.open("happening")

    async def open(self, title: str, *, secret: bool = False) -> int | None:
        self._mac.give_focus(title, "AXTextField", "AXSecureTextField" if secret else "")
        return 7

    async def type(self, text: str) -> None:
        for character in text:
            await aside(self._keyboard.tap, character)

    async def erase(self) -> None:
        await aside(self._keyboard.tap, "BackSpace")


class MenuBarStage:
    """A menu bar that a test takes the item out of."""

    def __init__(self) -> None:
        self._mac = PretendedMac()
        self.indicator = MenuBarIndicator(Sign(organisation="Larkhill Bridge School"), self._mac.opens)

    def visible(self) -> bool:
        lamp = self._mac.lamp
        return lamp is not None and not lamp.removed and not lamp.gone

    def take_away(self) -> None:
        assert self._mac.lamp is not None
        self._mac.lamp.gone = "taken out"


class FullScreenStage(MenuBarStage):
    """A program that fills the screen, and a strip above it that a test takes away."""

    def __init__(self) -> None:
        super().__init__()
        self._mac.full_screen = True

    def visible(self) -> bool:
        return self._mac.strip.up

    def take_away(self) -> None:
        self._mac.strip.up = False


@asynccontextmanager
async def keys(_: pytest.FixtureRequest) -> AsyncIterator[TapStage]:
    yield TapStage()


@asynccontextmanager
async def foreground(_: pytest.FixtureRequest) -> AsyncIterator[AxForegroundStage]:
    yield AxForegroundStage()


@asynccontextmanager
async def fields(_: pytest.FixtureRequest) -> AsyncIterator[AxTextStage]:
    yield AxTextStage()


@asynccontextmanager
async def indicator(_: pytest.FixtureRequest) -> AsyncIterator[MenuBarStage]:
    stage = MenuBarStage()
    try:
        yield stage
    finally:
        await stage.indicator.stop()


@asynccontextmanager
async def strip(_: pytest.FixtureRequest) -> AsyncIterator[FullScreenStage]:
    stage = FullScreenStage()
    try:
        yield stage
    finally:
        await stage.indicator.stop()


def absent(kind: type[EventTap | AxForeground | AxText]) -> Source:
    """Return a backend on a Mac that has not granted it anything."""
    mac = PretendedMac()
    mac.granted = False
    return kind(mac.opens)


@asynccontextmanager
async def doomed_keys(_: pytest.FixtureRequest) -> AsyncIterator[Doomed]:
    mac = PretendedMac()
    yield Doomed(EventTap(mac.opens), mac.withdraw)


@asynccontextmanager
async def doomed_foreground(_: pytest.FixtureRequest) -> AsyncIterator[Doomed]:
    mac = PretendedMac()
    yield Doomed(AxForeground(mac.opens), mac.withdraw)


@asynccontextmanager
async def doomed_fields(_: pytest.FixtureRequest) -> AsyncIterator[Doomed]:
    mac = PretendedMac()
    yield Doomed(AxText(mac.opens), mac.withdraw)
