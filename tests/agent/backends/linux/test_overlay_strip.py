"""The strip under a real mutter, by what is really on the screen that mutter's window is on."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from dbus_fast import Variant
from lamplighter_agent.backends.linux._gnome_shell import GnomeShell
from lamplighter_agent.backends.linux._kwin import KWin
from lamplighter_agent.backends.linux._xstrip import Hidden
from lamplighter_agent.backends.linux.wayland_indicator import SHELLS, Displays, OverlayIndicator
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.errors import BackendUnavailable
from Xlib import X
from Xlib.protocol.event import MapNotify

from tests.agent.backends.contracts.wayland_stages import displays, overlay
from tests.support.nested import NestedDesktop, running_mutter
from tests.support.pretended_kwin import pretended_kwin
from tests.support.pretended_shell import PretendedShell, pretended_shell
from tests.support.reports import Reports
from tests.support.sensed import aside, eventually, sensing
from tests.support.strip import AMBER, Stranger, colours, is_readable
from tests.support.sway import ordinary_user, running_sway

pytestmark = pytest.mark.notice
WIDTH, HEIGHT = 1024, 24


@pytest.fixture(scope="module")
def mutter() -> Iterator[NestedDesktop]:
    with running_mutter() as desktop:
        yield desktop


def top_of_room(other: Stranger) -> int:
    """Return where the part of the screen begins that windows may fill."""
    areas = other.display.intern_atom("_GTK_WORKAREAS_D0")
    return int(other.root.get_full_property(areas, 0).value[1])


@pytest.fixture
async def other(mutter: NestedDesktop) -> AsyncIterator[Stranger]:
    stranger = Stranger(mutter.environment["DISPLAY"])
    yield stranger
    stranger.close()


@pytest.fixture
async def strip(mutter: NestedDesktop, other: Stranger) -> AsyncIterator[OverlayIndicator]:
    made = overlay(mutter)
    yield made
    await made.stop()


@pytest_asyncio.fixture
async def shell(mutter: NestedDesktop, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PretendedShell]:
    """A shell that is pretended, of a compositor that is real."""
    monkeypatch.setitem(SHELLS, "Mutter", lambda bus, _: GnomeShell(bus, os.getpid()))
    async with pretended_shell(mutter.environment["DBUS_SESSION_BUS_ADDRESS"]) as shell:
        yield shell


async def on_screen(mutter: NestedDesktop, *, top: int = 0) -> None:
    await eventually(lambda: is_readable(mutter.display, top=top), "the strip on the screen")


async def test_it_lies_above_a_full_screen_window_of_wayland(
    mutter: NestedDesktop, strip: OverlayIndicator
) -> None:
    reports = Reports()
    await strip.start(reports)
    window = mutter.open_window(["foot", "-F", "-o", "colors.background=aa0000"], "film")
    red = (0xAA, 0, 0)
    await eventually(lambda: colours(mutter.display, top=300)[red] > WIDTH * 20, "the film")
    await on_screen(mutter)
    assert reports.all == [(True, "")]
    await aside(mutter.close, window)


async def test_room_is_kept_for_it_and_it_stays_below_a_panel(
    mutter: NestedDesktop, strip: OverlayIndicator, other: Stranger
) -> None:
    await strip.start(Reports())
    await eventually(lambda: top_of_room(other) == HEIGHT, "room for the strip")
    await eventually(lambda: other.strip().get_geometry().y == 0, "the strip at the top")
    panel = other.panel(height=40)
    await eventually(lambda: other.strip().get_geometry().y == 40, "the strip below the panel")
    await eventually(lambda: top_of_room(other) == 40 + HEIGHT, "room for both")
    await on_screen(mutter, top=40)
    # Its own room does not push it further.
    assert other.strip().get_geometry().y == 40
    panel.destroy()
    other.display.sync()


async def test_a_window_of_x11_over_it_goes_below(
    mutter: NestedDesktop, strip: OverlayIndicator, other: Stranger
) -> None:
    reports = Reports()
    await strip.start(reports)
    window = other.window()
    assert "covers" in await reports.shown(False, after=1)
    await reports.shown(True, after=2)
    await on_screen(mutter)
    # It stays below and does not begin anew; an older window that is raised does, and goes below as well.
    assert len(reports.all) == 3
    window.configure(stack_mode=X.Above)
    other.display.sync()
    await reports.shown(False, after=3)
    await reports.shown(True, after=4)
    # Only now does mutter look at what the X server has on top.
    managed = other.window(override_redirect=False)
    await on_screen(mutter)
    for left in (window, managed):
        left.destroy()
    other.display.sync()


async def test_news_that_another_program_makes_up_is_not_believed(
    mutter: NestedDesktop, strip: OverlayIndicator, other: Stranger
) -> None:
    reports = Reports()
    await strip.start(reports)
    ours = other.strip()
    window = other.window()
    made_up = MapNotify(event=other.root, window=ours, override=1)
    other.root.send_event(made_up, event_mask=X.SubstructureNotifyMask)
    other.display.sync()
    await reports.shown(False, after=1)
    await reports.shown(True, after=2)
    await on_screen(mutter)
    window.destroy()
    other.display.sync()


async def test_clicks_reach_it(mutter: NestedDesktop, other: Stranger) -> None:
    clicks: asyncio.Queue[str] = asyncio.Queue()
    strip = OverlayIndicator(
        Sign(
            organisation="Larkhill Bridge School",
            clicked=lambda: clicks.put_nowait("page"),
            help_clicked=lambda: clicks.put_nowait("help"),
        ),
        displays(mutter),
    )
    await strip.start(Reports())
    try:
        await on_screen(mutter)
        for x, wanted in ((WIDTH - 20, "help"), (200, "page")):
            await aside(mutter.click, x, HEIGHT // 2)
            assert await asyncio.wait_for(clicks.get(), 5) == wanted
    finally:
        await strip.stop()


async def test_when_the_compositor_dies_it_is_gone() -> None:
    with running_mutter() as desktop:
        strip, reports = overlay(desktop), Reports()
        await strip.start(reports)
        await aside(desktop.kill_compositor)
        assert await reports.shown(False, after=1, seconds=5)
        await strip.stop()


async def test_what_the_shell_hides_is_not_shown_until_it_says_so(
    shell: PretendedShell, strip: OverlayIndicator, other: Stranger
) -> None:
    reports = Reports()
    await strip.start(reports)
    assert reports.all == [(True, "")]
    ours = other.strip()
    await shell.show_overview(shown=True)
    assert await reports.shown(False, after=1) == Hidden.OVERVIEW
    await shell.show_overview(shown=False)
    await reports.shown(True, after=2, seconds=5)
    await shell.lock(locked=True)
    assert await reports.shown(False, after=3) == Hidden.LOCKED
    await shell.lock(locked=False)
    await reports.shown(True, after=4, seconds=5)
    # It is left alone meanwhile.
    assert other.strip() == ours


async def test_a_shell_that_says_nothing_or_leaves_shows_nothing(
    shell: PretendedShell, strip: OverlayIndicator
) -> None:
    shell.answers = False
    reports = Reports()
    await strip.start(reports)
    assert reports.all == [(False, Hidden.UNTOLD)]
    await shell.show_overview(shown=False)
    await shell.lock(locked=False)
    await reports.shown(True, after=1, seconds=5)
    await shell.leave()
    assert await reports.shown(False, after=2, seconds=5)


async def test_a_shell_that_tells_only_when_asked_is_asked_again(
    mutter: NestedDesktop, strip: OverlayIndicator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SHELLS, "Mutter", lambda bus, _: KWin(bus, os.getpid()))
    async with pretended_kwin(mutter.environment["DBUS_SESSION_BUS_ADDRESS"]) as kwin:
        reports = Reports()
        await strip.start(reports)
        assert reports.all == [(True, "")]
        kwin.effects = Variant("as", ["overview"])
        assert await reports.shown(False, after=1, seconds=5) == Hidden.EFFECT
        kwin.effects = Variant("as", [])
        await reports.shown(True, after=2, seconds=5)
        kwin.answers = False
        assert await reports.shown(False, after=3, seconds=5) == Hidden.UNTOLD


async def test_without_a_word_of_its_shell_nothing_is_shown(
    mutter: NestedDesktop, strip: OverlayIndicator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SHELLS, "Mutter", GnomeShell)
    with pytest.raises(BackendUnavailable, match="message bus") as refused:
        await strip.start(Reports())
    assert refused.value.remedy
    await eventually(lambda: colours(mutter.display)[AMBER] == 0, "a screen without a strip")


async def test_another_compositor_s_xwayland_is_refused(mutter: NestedDesktop) -> None:
    """Sway's does not keep it on top; and one compositor's name is no word about another's screen."""
    with running_sway(user=ordinary_user()) as sway:
        runtime = sway.environment["XDG_RUNTIME_DIR"]
        for display, wayland, reason in (
            (sway, f"{runtime}/wayland-1", "can be seen"),
            (mutter, f"{runtime}/wayland-1", "own"),
            (mutter, "/nowhere/wayland-0", "own"),
        ):
            strip = OverlayIndicator(
                Sign(organisation="A"), Displays(x=display.environment["DISPLAY"], wayland=wayland, bus="")
            )
            with pytest.raises(BackendUnavailable, match=reason) as refused:
                await strip.start(Reports())
            assert refused.value.remedy
            await strip.stop()
    assert colours(mutter.display)[AMBER] == 0


async def test_text_and_titles_of_its_session_are_read_and_a_password_is_not(
    mutter: NestedDesktop,
) -> None:
    async with sensing(mutter.environment) as sensed:
        entry = mutter.open_gtk_entry("Notes")
        await sensed.title("Notes")
        await aside(mutter.type_text, "the harbour light ")
        await sensed.text("harbour light", application="zenity")
        password = mutter.open_gtk_entry("Sign in", secret=True)
        await sensed.title("Sign in")
        await aside(mutter.type_text, "the hidden words ")
        await aside(mutter.close, password)
        await eventually(lambda: sensed.titles[-1].title == "Notes", "the first window in front")
        await aside(mutter.type_text, "once more ")
        await sensed.text("once more")
        assert "hidden" not in sensed.everything()
        await aside(mutter.close, entry)
