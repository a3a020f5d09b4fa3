"""The foreground window of a real display: what its contract does not say."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lamplighter_agent.backends.linux.x11_foreground import X11Foreground
from lamplighter_agent.backends.ports import Foreground
from lamplighter_agent.errors import BackendUnavailable

from installers.quickstart.virtual_desktop.desktop import Desktop, running_desktop
from tests.support.sensed import aside, eventually


class Watched:
    """A started source and what it reported, each with the time of its arrival."""

    def __init__(self, desktop: Desktop) -> None:
        self.source = X11Foreground(desktop.display_name)
        self.seen: list[Foreground | None] = []
        self.times: list[float] = []
        self.problems: list[BackendUnavailable] = []

    async def start(self) -> None:
        await self.source.start(self.sink, self.problems.append)

    def sink(self, window: Foreground | None) -> None:
        self.seen.append(window)
        self.times.append(time.monotonic())

    async def shows(self, title: str, *, has_keyboard: bool = True) -> Foreground:
        def look() -> Foreground | None:
            last = self.seen[-1] if self.seen else None
            return last if last and (last.title, last.has_keyboard) == (title, has_keyboard) else None

        return await eventually(look, f"{title!r} in front, last is {self.seen[-1:]}")


@pytest_asyncio.fixture
async def watched(desktop: Desktop) -> AsyncIterator[Watched]:
    watched = Watched(desktop)
    await watched.start()
    yield watched
    await watched.source.stop()
    assert watched.problems == []


async def test_a_grabbed_keyboard_is_not_the_window_s(desktop: Desktop, watched: Watched) -> None:
    await aside(desktop.open_xterm, "grabbed")
    before = await watched.shows("grabbed")
    root = desktop.display.screen().root
    root.grab_keyboard(1, 1, 1, 0)
    desktop.display.sync()
    await watched.shows("grabbed", has_keyboard=False)
    assert watched.source.check().window_id is None
    desktop.display.ungrab_keyboard(0)
    desktop.display.sync()
    after = await watched.shows("grabbed")
    assert after.since_ms >= before.since_ms


async def test_a_window_of_another_machine_has_no_pid_here(desktop: Desktop, watched: Watched) -> None:
    window = await aside(desktop.open_xterm, "far away")
    other = await aside(desktop.open_xterm, "near")
    xlib = desktop.display.create_resource_object("window", window.id)
    atom = desktop.display.intern_atom
    xlib.change_property(atom("WM_CLIENT_MACHINE"), atom("STRING"), 8, b"elsewhere.example")
    desktop.display.sync()
    await aside(desktop.focus, window)
    assert (await watched.shows("far away")).pid is None
    await aside(desktop.close, other)


async def test_no_window_manager_is_said() -> None:
    with running_desktop(bus=False, window_manager=False) as bare:
        watched = Watched(bare)
        with pytest.raises(BackendUnavailable) as refused:
            await watched.start()
    assert "window manager" in refused.value.reason
    assert refused.value.remedy


async def test_a_display_that_ends_is_reported_once() -> None:
    with running_desktop(bus=False) as bare:
        watched = Watched(bare)
        await watched.start()
    await eventually(lambda: watched.problems, "the end of the display")
    assert watched.source.check().window_id is None
    await watched.source.stop()
    assert len(watched.problems) == 1
