"""The foreground window of a real display: what its contract does not say."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from lamplighter_agent.backends.linux.x11_foreground import X11Foreground
from lamplighter_agent.errors import BackendUnavailable
from Xlib import X, Xatom

from installers.quickstart.virtual_desktop.desktop import Desktop, running_desktop
from tests.support.heard import HeardWindows, listening
from tests.support.sensed import aside, eventually


@pytest_asyncio.fixture
async def watched(desktop: Desktop) -> AsyncIterator[HeardWindows]:
    async with listening(HeardWindows(X11Foreground(desktop.display_name))) as watched:
        yield watched


async def test_a_grabbed_keyboard_is_not_the_window_s(desktop: Desktop, watched: HeardWindows) -> None:
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


async def test_a_window_of_another_machine_has_no_pid_here(desktop: Desktop, watched: HeardWindows) -> None:
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
        watched = HeardWindows(X11Foreground(bare.display_name))
        with pytest.raises(BackendUnavailable) as refused:
            await watched.start()
    assert "window manager" in refused.value.reason
    assert refused.value.remedy


async def test_a_display_that_ends_is_reported_once() -> None:
    with running_desktop(bus=False) as bare:
        watched = HeardWindows(X11Foreground(bare.display_name))
        await watched.start()
    await eventually(lambda: watched.problems, "the end of the display")
    assert watched.source.check().window_id is None
    await watched.source.stop()
    assert len(watched.problems) == 1


class Manager:
    """A window manager in the test's own hand: two windows, the one that it names, and the real focus."""

    def __init__(self, bare: Desktop) -> None:
        self.desktop = bare
        self._display = bare.display
        self._root = self._display.screen().root
        self._name("_NET_SUPPORTING_WM_CHECK", self._root.id)
        self.one, self.other = self._open("one"), self._open("other")

    def _open(self, title: str) -> Any:
        window = self._root.create_window(0, 0, 9, 9, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
        window.set_wm_name(title)
        window.map()
        return window

    def _name(self, atom: str, window: int) -> None:
        self._root.change_property(self._display.intern_atom(atom), Xatom.WINDOW, 32, [window])
        self._display.sync()

    def active(self, window: Any) -> None:
        self._name("_NET_ACTIVE_WINDOW", window.id)

    def focus(self, window: Any) -> None:
        self._display.set_input_focus(window, X.RevertToNone, X.CurrentTime)
        self._display.sync()

    def both(self, window: Any) -> None:
        self.focus(window)
        self.active(window)

    def now_ms(self) -> int:
        """Return the server's time."""
        self.one.change_property(Xatom.WM_COMMAND, Xatom.STRING, 8, b"")
        event = self._display.next_event()
        while event.type != X.PropertyNotify or event.atom != Xatom.WM_COMMAND:
            event = self._display.next_event()
        return int(event.time)


@pytest.fixture(scope="module")
def manager() -> Iterator[Manager]:
    with running_desktop(bus=False, window_manager=False) as bare:
        yield Manager(bare)


@pytest_asyncio.fixture
async def behind(manager: Manager) -> AsyncIterator[HeardWindows]:
    """What has told that `one` has the keyboard; it hears nothing more until the test waits."""
    manager.both(manager.one)
    async with listening(HeardWindows(X11Foreground(manager.desktop.display_name))) as watched:
        watched.seen.clear()
        yield watched


async def test_a_focus_counts_from_our_look_and_not_from_the_news(
    manager: Manager, behind: HeardWindows
) -> None:
    manager.both(manager.other)
    # Here somebody types in `one`, and we, busy, have not yet heard that `other` is active.
    manager.focus(manager.one)
    elsewhere_ms = manager.now_ms()
    while manager.now_ms() == elsewhere_ms:
        pass
    manager.focus(manager.other)
    assert (await behind.shows("other")).since_ms > elsewhere_ms


@pytest.mark.parametrize("ends_with_keyboard", [True, False])
async def test_old_news_of_the_focus_is_not_taken_for_new(
    manager: Manager, behind: HeardWindows, *, ends_with_keyboard: bool
) -> None:
    one, other = manager.one, manager.other
    # All of this waits in the queue when we begin to handle the first of it.
    manager.both(other)
    if ends_with_keyboard:
        manager.focus(one)
    manager.active(one)
    # The last news of `one`: the opposite of how it ends.
    manager.focus(other if ends_with_keyboard else one)
    manager.active(other)

    def when_other() -> None:
        last = behind.seen[-1]
        if last is None or last.title != "other":
            behind.after_next = when_other
            return
        # While `other` is told `one` is not watched.
        manager.focus(one if ends_with_keyboard else other)
        manager.active(one)

    behind.after_next = when_other
    await behind.shows("one", has_keyboard=ends_with_keyboard)
    assert "other" in [window.title for window in behind.seen if window is not None]
    assert behind.source.check().window_id == (one.id if ends_with_keyboard else None)
    await behind.shows("one", has_keyboard=ends_with_keyboard)
