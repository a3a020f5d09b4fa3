"""What is asked of each shell: whether the strip is seen where it counts as shown, and what is read there.

What is seen is what is on the glass: the pixels of the screen that the shell's window is on.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from lamplighter_agent.backends.linux.wayland_indicator import OverlayIndicator

from tests.agent.backends.contracts.wayland_stages import overlay
from tests.shells.gnome import GnomeDesktop
from tests.shells.kwin import KWinDesktop
from tests.support.nested import NestedDesktop
from tests.support.reports import Reports
from tests.support.sensed import Sensed, aside, eventually, sensing
from tests.support.strip import AMBER, reads
from tests.support.toolkits import SYSTEM_PYTHON, TOOLKITS

FILM = """
import gi
gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, Gtk
film = Gtk.Window(title="film")
film.override_background_color(Gtk.StateFlags.NORMAL, Gdk.RGBA(2 / 3, 0, 0, 1))
film.fullscreen()
film.show_all()
Gtk.main()
"""
RED = (0xAA, 0, 0)
ENOUGH = 300
SHOWN_S, LOST_S = 10.0, 2.0
SECRET, TEXT = "qzhidden", "the harbour light"


class Hides(Protocol):
    """Has the shell hide all windows, or show them again."""

    def __call__(self, *, on: bool) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One check of one shell. `figure` is in seconds; `why` says what was seen instead, never typed text."""

    shell: str
    check: str
    holds: bool
    figure: float | None = None
    why: str = ""


@dataclass(slots=True)
class Trial:
    """A running shell, its strip, and what came of each check."""

    shell: str
    desktop: GnomeDesktop | KWinDesktop
    outcomes: list[Outcome] = field(default_factory=list)

    async def check(self, name: str, work: Callable[[], Awaitable[float | None]]) -> None:
        """Carry out one check: it returns its figure, or fails."""
        try:
            figure = await work()
        except (AssertionError, TimeoutError) as problem:
            words = str(problem) or type(problem).__name__
            self.outcomes.append(Outcome(shell=self.shell, check=name, holds=False, why=words))
        else:
            rounded = None if figure is None else round(figure, 2)
            self.outcomes.append(Outcome(shell=self.shell, check=name, holds=True, figure=rounded))

    def seen(self) -> bool:
        return reads(self.desktop.pixels(self.desktop.panel))

    async def sees_it(self) -> None:
        await self.until(self.seen, "the strip on the screen")

    async def until(self, look: Callable[[], bool], what: str) -> None:
        """Look beside the loop: some pictures are asked of the shell."""
        end = time.monotonic() + SHOWN_S
        while not await aside(look):
            assert time.monotonic() < end, f"not within {SHOWN_S} s: {what}"


@contextlib.asynccontextmanager
async def strip_of(trial: Trial) -> AsyncIterator[tuple[OverlayIndicator, Reports]]:
    """Have the agent's own strip, chosen as select.py chooses it."""
    strip, reports = overlay(trial.desktop), Reports()
    try:
        await strip.start(reports)
        yield strip, reports
    finally:
        await strip.stop()


async def check_strip(trial: Trial) -> None:
    """Whether what counts as shown is on the screen, and what is not does not count."""
    desktop = trial.desktop
    began = time.monotonic()
    async with strip_of(trial) as (_, reports):

        async def shown() -> float:
            await reports.shown(True, after=0, seconds=SHOWN_S)
            took = time.monotonic() - began
            await trial.sees_it()
            return took

        async def above_a_film() -> None:
            window = desktop.open_window([SYSTEM_PYTHON, "-c", FILM], "film")
            await trial.until(lambda: desktop.pixels(300)[RED] > 1024 * 20, "the film")
            await trial.sees_it()
            assert reports.all[-1][0] is True, "it counts as hidden"
            await aside(desktop.close, window)

        async def on_another_workspace() -> None:
            await aside(desktop.workspace, 1)
            await trial.sees_it()
            assert reports.all[-1][0] is True, "it counts as hidden"
            await aside(desktop.workspace, 0)

        await trial.check("the strip is on the screen, below the panel", shown)
        await trial.check("above a full-screen window of Wayland", above_a_film)
        await trial.check("on another workspace", on_another_workspace)
        hiding = (
            [("the overview", desktop.overview), ("the lock screen", desktop.lock)]
            if isinstance(desktop, GnomeDesktop)
            else []
        )
        for name, hide in hiding:
            hides = partial(_hidden_and_back, trial, reports, hide)
            await trial.check(f"{name} hides it: known, and shown again after it", hides)


async def _hidden_and_back(trial: Trial, reports: Reports, hide: Hides) -> float:
    """Return how long it took until it was known."""
    before, began = len(reports.all), time.monotonic()
    doing = asyncio.ensure_future(aside(hide, on=True))
    await reports.shown(False, after=before, seconds=LOST_S)
    took = time.monotonic() - began
    await doing
    desktop = trial.desktop
    await trial.until(lambda: desktop.pixels(desktop.panel)[AMBER] < ENOUGH, "a screen without it")
    await aside(hide, on=False)
    await reports.shown(True, after=before + 1, seconds=SHOWN_S)
    await trial.sees_it()
    return took


async def check_text(trial: Trial, toolkit: str) -> None:
    """Type a secret and then a sentence into a program of a toolkit."""
    desktop = trial.desktop

    async def read() -> None:
        async with sensing(desktop.environment) as sensed:
            window = await aside(TOOLKITS[toolkit], desktop)
            try:
                await _read(desktop, sensed)
            finally:
                await aside(desktop.close, window)

    await trial.check(f"{toolkit}: title and typed text read, a password not", read)


async def _read(desktop: NestedDesktop, sensed: Sensed) -> None:
    await eventually(lambda: _fields(sensed) == ["0", "0"], "the window's title", seconds=30)
    await _typed(desktop, sensed, SECRET, 0)
    await aside(desktop.key, "Tab")
    # A program that has just started is not read at once.
    for _ in range(10):
        await aside(desktop.type_text, f"{TEXT} ")
        with contextlib.suppress(AssertionError):
            await eventually(lambda: TEXT in sensed.everything(), "the text", seconds=2)
            break
    assert TEXT in sensed.everything(), "the text was not read"
    assert SECRET not in sensed.everything(), "the password was read"


async def _typed(desktop: NestedDesktop, sensed: Sensed, text: str, field_number: int) -> None:
    await aside(desktop.type_text, text)
    wanted = str(len(text))
    await eventually(lambda: _fields(sensed)[field_number : field_number + 1] == [wanted], "a field filled")


def _fields(sensed: Sensed) -> list[str]:
    words = sensed.titles[-1].title.split() if sensed.titles else []
    return words[1:3] if words[:1] == ["fields"] else []


async def check_end(trial: Trial) -> None:
    """End the shell as a crash would; the last check of all."""

    async def ended() -> float:
        async with strip_of(trial) as (_, reports):
            await reports.shown(True, after=0, seconds=SHOWN_S)
            before, began = len(reports.all), time.monotonic()
            await aside(trial.desktop.kill_compositor)
            await reports.shown(False, after=before, seconds=LOST_S)
            return time.monotonic() - began

    await trial.check("the shell ends: known within two seconds", ended)


async def check_introspection(trial: Trial) -> None:
    """Whether the shell's own list of windows could give titles; it is for GNOME's own programs."""

    desktop = trial.desktop
    assert isinstance(desktop, GnomeDesktop)

    async def refused() -> None:
        assert await aside(desktop.refuses, "org.gnome.Shell.Introspect.GetWindows"), "it was told"

    await trial.check("its own list of windows is refused to programs: titles by AT-SPI alone", refused)


async def check_effects(trial: Trial) -> None:
    """Whether what KWin paints over everything is known: by its effects, and by its lock screen."""
    desktop = trial.desktop
    assert isinstance(desktop, KWinDesktop)
    async with strip_of(trial) as (_, reports):
        await reports.shown(True, after=0, seconds=SHOWN_S)
        for name in ("Overview", "ShowDesktopGrid", "ExposeAll"):

            def hide(*, on: bool, name: str = name) -> None:
                desktop.shortcut(name)

            hides = partial(_hidden_and_back, trial, reports, hide)
            await trial.check(f"{name} hides it: known, and shown again after it", hides)

        async def locked() -> float:
            before, began = len(reports.all), time.monotonic()
            doing = asyncio.ensure_future(aside(desktop.lock, on=True))
            await reports.shown(False, after=before, seconds=LOST_S)
            took = time.monotonic() - began
            await doing
            return took

        await trial.check("the screen is locked: known", locked)


Check = Callable[[Trial], Awaitable[None]]


def text_in(toolkit: str) -> Check:
    async def check(trial: Trial) -> None:
        await check_text(trial, toolkit)

    return check


TEXT_CHECKS: dict[str, Check] = {
    "gtk3": text_in("GTK 3"),
    "gtk4": text_in("GTK 4"),
    "firefox": text_in("Firefox"),
}
GNOME_CHECKS = {"strip": check_strip, **TEXT_CHECKS, "introspection": check_introspection, "end": check_end}
# In an X server's window it draws no full-screen window of GTK or foot; without a screen it does.
KWIN_CHECKS = {**TEXT_CHECKS, "end": check_end}
UNSEEN_CHECKS: dict[str, Check] = {"strip": check_strip, "effects": check_effects}


def lines(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """Return what is kept of a run."""
    return [
        {"shell": one.shell, "check": one.check, "holds": one.holds, "seconds": one.figure, "why": one.why}
        for one in outcomes
    ]
