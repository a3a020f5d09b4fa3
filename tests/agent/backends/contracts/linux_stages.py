"""The Linux backends, on a real display, a real accessibility bus, a real pty and the kernel's own events."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux import atspi_pages
from lamplighter_agent.backends.linux.atspi_pages import AtspiPages
from lamplighter_agent.backends.linux.atspi_text import AtspiText
from lamplighter_agent.backends.linux.indicator import X11Indicator
from lamplighter_agent.backends.linux.media import UdevMedia
from lamplighter_agent.backends.linux.pynput_keys import PynputKeys
from lamplighter_agent.backends.linux.terminal import PtyTerminal
from lamplighter_agent.backends.linux.x11_foreground import X11Foreground
from lamplighter_agent.backends.linux.x11_keys import X11Keys
from lamplighter_agent.backends.ports import KeySource
from lamplighter_agent.backends.sign import Sign

from installers.quickstart.virtual_desktop.desktop import Desktop, Window, running_desktop
from tests.agent.backends.contracts.stages import Doomed, Keyboard, Shown, Source
from tests.support.keyboard import RealKeyboard
from tests.support.pretended_pages import PretendedProgram, pretended_program
from tests.support.sensed import aside
from tests.support.sticks import Stick, stick
from tests.support.strip import Stranger, find_strip, is_readable


def _desktop(request: pytest.FixtureRequest) -> Desktop:
    found: Desktop = request.getfixturevalue("desktop")
    return found


class X11KeyStage:
    """A key source of an X11 display, and its keyboard through XTEST."""

    def __init__(self, source: KeySource, keyboard: Keyboard) -> None:
        self.source = source
        self.keyboard = keyboard

    async def happen(self) -> None:
        await aside(self.keyboard.tap, "a")


@asynccontextmanager
async def x11_keys(request: pytest.FixtureRequest) -> AsyncIterator[X11KeyStage]:
    desktop = _desktop(request)
    with RealKeyboard(desktop) as keyboard:
        yield X11KeyStage(X11Keys(desktop.display_name), keyboard)


@asynccontextmanager
async def pynput_keys(request: pytest.FixtureRequest) -> AsyncIterator[X11KeyStage]:
    desktop = _desktop(request)
    request.getfixturevalue("monkeypatch").setenv("DISPLAY", desktop.display_name)
    with RealKeyboard(desktop) as keyboard:
        yield X11KeyStage(PynputKeys(desktop.display_name), keyboard)


class X11ForegroundStage:
    """Terminals of a display with a window manager."""

    def __init__(self, desktop: Desktop) -> None:
        self.source = X11Foreground(desktop.display_name)
        self._desktop = desktop

    async def happen(self) -> None:
        await self.open("happening")

    async def open(self, title: str) -> Shown:
        window = await aside(self._desktop.open_xterm, title)
        return Shown(window.id, window.process.pid, window)

    async def retitle(self, window: Shown, title: str) -> None:
        display = self._desktop.display
        utf8, name = (display.intern_atom(atom) for atom in ("UTF8_STRING", "_NET_WM_NAME"))
        display.create_resource_object("window", window.window_id).change_property(
            name, utf8, 8, title.encode()
        )
        display.flush()

    def bring(self, window: Shown) -> None:
        self._desktop.focus(window.handle)

    async def close(self, window: Shown) -> None:
        await aside(self._desktop.close, window.handle)


@asynccontextmanager
async def x11_foreground(request: pytest.FixtureRequest) -> AsyncIterator[X11ForegroundStage]:
    yield X11ForegroundStage(_desktop(request))


class AtspiStage:
    """Fields of a toolkit on the accessibility bus of a desktop."""

    def __init__(self, desktop: Desktop, opens: Callable[..., Window]) -> None:
        self.source = AtspiText(desktop.environment["DBUS_SESSION_BUS_ADDRESS"])
        self._desktop = desktop
        self._opens = opens

    async def happen(self) -> None:
        await self.open("happening")

    async def open(self, title: str, *, secret: bool = False) -> int | None:
        window = await aside(self._opens, title, secret=secret)
        return window.process.pid

    async def type(self, text: str) -> None:
        await aside(self._desktop.type_text, text)

    async def erase(self) -> None:
        await aside(self._desktop.key, "BackSpace")


@asynccontextmanager
async def atspi_gtk(request: pytest.FixtureRequest) -> AsyncIterator[AtspiStage]:
    desktop = _desktop(request)
    yield AtspiStage(desktop, desktop.open_gtk_entry)


@asynccontextmanager
async def atspi_qt(request: pytest.FixtureRequest) -> AsyncIterator[AtspiStage]:
    desktop = _desktop(request)
    yield AtspiStage(desktop, desktop.open_qt_field)


class AtspiPagesStage:
    """A pretended program on the accessibility bus of a desktop."""

    def __init__(self, desktop: Desktop, program: PretendedProgram) -> None:
        self.source = AtspiPages(desktop.environment["DBUS_SESSION_BUS_ADDRESS"])
        self._program = program

    def prepare(self, *, answers: bool) -> tuple[int, str]:
        self._program.wakes, self._program.awake = answers, False
        return os.getpid(), "chromium"


@asynccontextmanager
async def atspi_pages_of_a_program(request: pytest.FixtureRequest) -> AsyncIterator[AtspiPagesStage]:
    request.getfixturevalue("monkeypatch").setattr(atspi_pages, "FIRST_S", 0.02)
    async with pretended_program(_desktop(request)) as program:
        yield AtspiPagesStage(_desktop(request), program)


class UdevStage:
    """A loop device that says it is a stick."""

    def __init__(self, emulated: Stick) -> None:
        self.source = UdevMedia()
        self._stick = emulated

    async def happen(self) -> None:
        await self.put_in()

    async def put_in(self) -> None:
        await asyncio.to_thread(self._stick.put_in)

    async def take_out(self) -> None:
        await asyncio.to_thread(self._stick.take_out)


@asynccontextmanager
async def udev(request: pytest.FixtureRequest) -> AsyncIterator[UdevStage]:
    folder: Path = request.getfixturevalue("tmp_path")
    with stick(folder) as emulated:
        yield UdevStage(emulated)


class StripStage:
    """The strip on a display, seen by another client."""

    def __init__(self, display_name: str, stranger: Stranger) -> None:
        self.indicator = X11Indicator(Sign(organisation="Larkhill Bridge School"), display_name=display_name)
        self._other = stranger

    def visible(self) -> bool:
        return find_strip(self._other.display) is not None and is_readable(self._other.display)

    def take_away(self) -> None:
        self._other.strip().unmap()
        self._other.display.sync()


@asynccontextmanager
async def strip(request: pytest.FixtureRequest) -> AsyncIterator[StripStage]:
    stranger = Stranger(_desktop(request).display_name)
    stage = StripStage(_desktop(request).display_name, stranger)
    try:
        yield stage
    finally:
        await stage.indicator.stop()
        stranger.close()


class PtyStage:
    """A shell in an xterm."""

    def __init__(self, desktop: Desktop) -> None:
        self.terminal = PtyTerminal()
        self._desktop = desktop
        self.pid = desktop.open_xterm("contract").process.pid

    async def ask_secret(self) -> None:
        await aside(self._desktop.type_text, "read -s answer")
        await aside(self._desktop.key, "Return")

    async def leave(self) -> None:
        await aside(self._desktop.key, "Return")


@asynccontextmanager
async def pty(request: pytest.FixtureRequest) -> AsyncIterator[PtyStage]:
    yield await aside(PtyStage, _desktop(request))


def _doomed(
    make: Callable[[Desktop], Source], *, bus: bool = False, window_manager: bool = False
) -> Callable[[pytest.FixtureRequest], AbstractAsyncContextManager[Doomed]]:
    @asynccontextmanager
    async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Doomed]:
        with contextlib.ExitStack() as stack:
            desktop = stack.enter_context(running_desktop(bus=bus, window_manager=window_manager))
            # pynput knows only the display of its own process.
            request.getfixturevalue("monkeypatch").setenv("DISPLAY", desktop.display_name)
            yield Doomed(make(desktop), stack.close)

    return opened


doomed_x11_keys = _doomed(lambda desktop: X11Keys(desktop.display_name))
doomed_pynput = _doomed(lambda desktop: PynputKeys(desktop.display_name))
doomed_x11_foreground = _doomed(lambda desktop: X11Foreground(desktop.display_name), window_manager=True)
doomed_atspi = _doomed(lambda desktop: AtspiText(desktop.environment["DBUS_SESSION_BUS_ADDRESS"]), bus=True)
