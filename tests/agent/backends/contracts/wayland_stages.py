"""Backends for Wayland desktops other than sway: on the accessibility bus, and under a real mutter."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

import pytest
from lamplighter_agent.backends.linux.atspi_foreground import AtspiForeground
from lamplighter_agent.backends.linux.wayland_indicator import Displays, OverlayIndicator
from lamplighter_agent.backends.sign import Sign

from installers.quickstart.virtual_desktop.desktop import Desktop, running_desktop
from installers.quickstart.waiting import wait_for
from tests.agent.backends.contracts.stages import Doomed, Shown
from tests.support.nested import NestedDesktop, running_mutter
from tests.support.pretended_windows import Aside, PretendedWindows, pretended_windows
from tests.support.strip import Stranger, find_strip, is_readable


class AtspiWindowsStage:
    """A pretended program on the accessibility bus of a desktop."""

    def __init__(self, desktop: Desktop, program: PretendedWindows, aside: Aside) -> None:
        self.source = AtspiForeground(desktop.environment["DBUS_SESSION_BUS_ADDRESS"])
        self._program = program
        self._aside = aside
        # As the source numbers them: in the order in which they are in front for the first time.
        self._opened = 0

    async def happen(self) -> None:
        await self.open("happening")

    async def open(self, title: str) -> Shown:
        self._opened += 1
        return Shown(self._opened, os.getpid(), self._aside.do(self._program.open(title)))

    async def retitle(self, window: Shown, title: str) -> None:
        self._aside.do(self._program.retitle(window.handle, title))

    def bring(self, window: Shown) -> None:
        # A compositor shows one picture first: not twice in one millisecond.
        before = time.monotonic()
        wait_for(lambda: time.monotonic() > before + 0.002, "the next picture")
        self._aside.do(self._program.bring(window.handle))

    async def close(self, window: Shown) -> None:
        self._aside.do(self._program.close(window.handle))


@asynccontextmanager
async def atspi_foreground(request: pytest.FixtureRequest) -> AsyncIterator[AtspiWindowsStage]:
    desktop: Desktop = request.getfixturevalue("desktop")
    with pretended_windows(desktop) as (program, aside):
        yield AtspiWindowsStage(desktop, program, aside)


@asynccontextmanager
async def doomed_atspi_foreground(_: pytest.FixtureRequest) -> AsyncIterator[Doomed]:
    with ExitStack() as stack:
        desktop = stack.enter_context(running_desktop(window_manager=False))
        yield Doomed(AtspiForeground(desktop.environment["DBUS_SESSION_BUS_ADDRESS"]), stack.close)


class MutterStripStage:
    """The strip under mutter, seen on the screen that mutter's window is on."""

    def __init__(self, desktop: NestedDesktop, stranger: Stranger) -> None:
        self._desktop = desktop
        self._other = stranger
        self.indicator = overlay(desktop)

    def visible(self) -> bool:
        """Ask the screen itself, which follows the X server by a picture or two."""
        there = find_strip(self._other.display) is not None
        wait_for(lambda: is_readable(self._desktop.display) is there, f"a screen with strip: {there}")
        return there

    def take_away(self) -> None:
        self._other.strip().unmap()
        self._other.display.sync()


def overlay(desktop: NestedDesktop) -> OverlayIndicator:
    """Return the strip of such a session."""
    return OverlayIndicator(Sign(organisation="Larkhill Bridge School"), displays(desktop))


def displays(desktop: NestedDesktop) -> Displays:
    """Return where such a session is."""
    told = desktop.environment
    return Displays(
        x=told["DISPLAY"],
        wayland=f"{told['XDG_RUNTIME_DIR']}/{told['WAYLAND_DISPLAY']}",
        bus=told["DBUS_SESSION_BUS_ADDRESS"],
    )


@asynccontextmanager
async def strip_under_mutter(_: pytest.FixtureRequest) -> AsyncIterator[MutterStripStage]:
    with running_mutter() as desktop:
        stranger = Stranger(desktop.environment["DISPLAY"])
        stage = MutterStripStage(desktop, stranger)
        try:
            yield stage
        finally:
            await stage.indicator.stop()
            stranger.close()
