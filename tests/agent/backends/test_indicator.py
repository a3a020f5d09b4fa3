"""The strip on a real X server: there from the start, reported when lost, put right, whatever its words."""

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lamplighter_agent.backends.linux import indicator as tuning
from lamplighter_agent.backends.linux.indicator import X11Indicator
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.errors import BackendUnavailable
from lamplighter_agent.notice.languages import known, language_of
from Xlib import X
from Xlib.ext import shape

from installers.quickstart.virtual_desktop.desktop import Desktop, running_desktop
from tests.support.reports import Reports
from tests.support.strip import Stranger, find_strip, is_readable
from tests.support.waiting import until

pytestmark = pytest.mark.notice

NAME = "Larkhill Bridge School"


@pytest.fixture
def stranger(desktop: Desktop) -> Iterator[Stranger]:
    other = Stranger(desktop.display_name)
    yield other
    other.close()


@pytest.fixture
def clicks() -> list[str]:
    return []


@pytest.fixture
def ends() -> list[str]:
    return []


@pytest.fixture
async def strip(desktop: Desktop, clicks: list[str], ends: list[str]) -> AsyncIterator[X11Indicator]:
    made = make(desktop.display_name, NAME, lambda: clicks.append("click"), lambda: ends.append("end"))
    yield made
    await made.stop()


def make(
    display_name: str,
    organisation: str,
    clicked: Callable[[], None],
    ended: Callable[[], None] = lambda: None,
) -> X11Indicator:
    sign = Sign(organisation=organisation, clicked=clicked, ended=ended)
    return X11Indicator(sign, display_name=display_name)


def listed(stranger: Stranger) -> list[int]:
    found = stranger.root.get_full_property(stranger.display.intern_atom("_NET_CLIENT_LIST"), 0)
    return [] if found is None else list(found.value)


def is_wide(stranger: Stranger, width: int) -> bool:
    return bool(stranger.strip().get_geometry().width == width)


def unmap(stranger: Stranger) -> None:
    stranger.strip().unmap()


def destroy(stranger: Stranger) -> None:
    stranger.strip().destroy()


def move(stranger: Stranger) -> None:
    stranger.strip().configure(x=5000, y=5000)


def shrink(stranger: Stranger) -> None:
    stranger.strip().configure(width=1, height=1)


def border(stranger: Stranger) -> None:
    stranger.strip().configure(border_width=200)


def opacity(stranger: Stranger) -> None:
    stranger.set_opacity(0)


def empty_shape(stranger: Stranger) -> None:
    stranger.strip().shape_rectangles(shape.SO.Set, shape.SK.Bounding, 0, 0, 0, [])


def no_clicks(stranger: Stranger) -> None:
    stranger.strip().shape_rectangles(shape.SO.Set, shape.SK.Input, 0, 0, 0, [])


def adopt(stranger: Stranger) -> None:
    box = stranger.root.create_window(0, 700, 50, 50, 0, X.CopyFromParent, override_redirect=True)
    stranger.strip().reparent(box, 0, 0)


def paint_over(stranger: Stranger) -> None:
    strip = stranger.strip()
    context = strip.create_gc(foreground=stranger.display.screen().white_pixel)
    strip.fill_rectangle(context, 0, 0, 900, 24)


def other_background(stranger: Stranger) -> None:
    strip = stranger.strip()
    strip.change_attributes(background_pixel=stranger.display.screen().black_pixel)
    strip.clear_area()


def cover(stranger: Stranger) -> None:
    stranger.window()


def cover_a_corner(stranger: Stranger) -> None:
    stranger.window(height=5)


def full_screen(stranger: Stranger) -> None:
    stranger.window(height=stranger.root.get_geometry().height)


def lower(stranger: Stranger) -> None:
    stranger.window(height=100)
    stranger.strip().configure(stack_mode=X.Below)


def kill_client(stranger: Stranger) -> None:
    stranger.strip().kill_client()


ATTACKS: dict[Callable[[Stranger], None], str] = {
    unmap: "took it off the screen",
    destroy: "closed it",
    move: "moved it",
    shrink: "resized it",
    border: "resized it",
    opacity: "see-through",
    empty_shape: "cut its shape",
    no_clicks: "cut its shape",
    adopt: "inside its own window",
    paint_over: "painted over it",
    other_background: "painted over it",
    cover: "another window covers it",
    cover_a_corner: "another window covers it",
    full_screen: "full-screen window covers it",
    lower: "another window covers it",
    kill_client: "closed our connection",
}
# After these the strip is another one: what none does in passing.
ENDED_BY = {destroy, kill_client}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
async def test_what_another_program_does_is_reported_within_a_second_and_undone(
    strip: X11Indicator, ends: list[str], stranger: Stranger, attack: Callable[[Stranger], None]
) -> None:
    reports = Reports()
    await strip.start(reports)
    attack(stranger)
    stranger.display.sync()
    assert ATTACKS[attack] in await reports.shown(False, after=1)
    await reports.shown(True, after=2, seconds=3)
    assert ends == ["end"] * (attack in ENDED_BY)
    assert is_readable(stranger.display)
    shapes = [stranger.strip().shape_get_rectangles(kind).rectangles for kind in (0, 1, 2)]
    assert [[(r.x, r.y, r.height) for r in rectangles] for rectangles in shapes] == [[(0, 0, 24)]] * 3


async def test_each_end_is_told_also_of_one_that_is_ended_again_before_it_is_back(
    strip: X11Indicator, ends: list[str], stranger: Stranger
) -> None:
    reports = Reports()
    await strip.start(reports)
    for count in (1, 2, 3):
        await until(lambda: find_strip(stranger.display) is not None)
        kill_client(stranger)
        stranger.display.sync()
        await until(lambda: len(ends) == count)  # noqa: B023 - awaited at once
    await reports.shown(True, after=2, seconds=5)
    assert ends == ["end"] * 3


async def test_the_end_of_the_display_is_told_apart() -> None:
    ends: list[str] = []
    with running_desktop(bus=False, window_manager=False) as short:
        alone = make(short.display_name, NAME, lambda: None, lambda: ends.append("end"))
        reports = Reports()
        await alone.start(reports)
    try:
        await until(lambda: (False, tuning.ENDED) in reports.all)
        assert ends == []
    finally:
        await alone.stop()


async def test_it_stays_above_a_managed_full_screen_window(
    strip: X11Indicator, desktop: Desktop, stranger: Stranger
) -> None:
    await strip.start(Reports())
    window = desktop.open_xterm("Film")
    stranger.add_state(window.id, "_NET_WM_STATE_FULLSCREEN")
    managed = stranger.display.create_resource_object("window", window.id)
    await until(lambda: managed.get_geometry().height > 780)
    await until(lambda: is_readable(stranger.display))


async def test_a_maximised_window_leaves_room(
    strip: X11Indicator, desktop: Desktop, stranger: Stranger
) -> None:
    reports = Reports()
    await strip.start(reports)
    window = desktop.open_xterm("Essay")
    stranger.add_state(window.id, "_NET_WM_STATE_MAXIMIZED_VERT", "_NET_WM_STATE_MAXIMIZED_HORZ")
    managed = stranger.display.create_resource_object("window", window.id)
    # The window manager may maximise it first and hear of the room that we ask for a moment later.
    await until(
        lambda: managed.get_geometry().width > 1200 and stranger.root.translate_coords(managed, 0, 0).y >= 24
    )
    assert reports.all == [(True, "")]


async def test_it_goes_below_a_panel_and_back(strip: X11Indicator, stranger: Stranger) -> None:
    reports = Reports()
    await strip.start(reports)
    panel = stranger.panel(height=30)
    await until(lambda: stranger.strip().get_geometry().y == 30)
    assert is_readable(stranger.display, top=30)
    panel.destroy()
    stranger.display.sync()
    await until(lambda: stranger.strip().get_geometry().y == 0)
    assert is_readable(stranger.display)
    assert {shown for shown, _ in reports.all} == {True}


async def test_no_program_pushes_it_into_the_middle(strip: X11Indicator, stranger: Stranger) -> None:
    await strip.start(Reports())
    panel = stranger.panel(height=500)
    await until(lambda: panel.id in listed(stranger))
    await asyncio.sleep(0.2)
    assert stranger.strip().get_geometry().y == 0


async def test_it_needs_no_window_manager() -> None:
    with running_desktop(bus=False, window_manager=False) as bare:
        alone = make(bare.display_name, NAME, lambda: None)
        reports = Reports()
        await alone.start(reports)
        await asyncio.sleep(0.5)
        assert is_readable(bare.display)
        await alone.stop()
        assert reports.all == [(True, "")]


async def test_it_never_takes_the_focus(strip: X11Indicator, desktop: Desktop) -> None:
    window = desktop.open_xterm("Essay")
    await strip.start(Reports())
    desktop.run("xdotool", "mousemove", "600", "10", "click", "1")
    assert desktop.active_window() == window.id


async def test_a_click_at_its_end_asks_for_help(desktop: Desktop) -> None:
    clicks: list[str] = []
    strip = X11Indicator(
        Sign(
            organisation=NAME,
            clicked=lambda: clicks.append("page"),
            help_clicked=lambda: clicks.append("help"),
        ),
        display_name=desktop.display_name,
    )
    shown = asyncio.Event()
    await strip.start(lambda now, _: shown.set() if now else None)
    try:
        await shown.wait()
        desktop.run("xdotool", "mousemove", "1280", "10", "click", "1")
        await until(lambda: clicks == ["help"])
        desktop.run("xdotool", "mousemove", "300", "10", "click", "1")
        await until(lambda: clicks == ["help", "page"])
    finally:
        await strip.stop()


@pytest.mark.parametrize("tag", known())
async def test_it_is_shown_in_every_language(desktop: Desktop, stranger: Stranger, tag: str) -> None:
    clicks: list[str] = []
    strip = X11Indicator(
        Sign(
            organisation=NAME,
            clicked=lambda: clicks.append("page"),
            help_clicked=lambda: clicks.append("help"),
            language=f"{tag}_XX.UTF-8",
        ),
        display_name=desktop.display_name,
    )
    reports = Reports()
    await strip.start(reports)
    try:
        strip.says(on=True)
        assert reports.all == [(True, "")]
        assert is_readable(stranger.display)
        end, other = ("2", "1278") if language_of(tag).direction == "rtl" else ("1278", "2")
        desktop.run("xdotool", "mousemove", end, "10", "click", "1")
        await until(lambda: clicks == ["help"])
        desktop.run("xdotool", "mousemove", other, "10", "click", "1")
        await until(lambda: clicks == ["help", "page"])
    finally:
        await strip.stop()


async def test_a_click_asks_for_the_page(strip: X11Indicator, desktop: Desktop, clicks: list[str]) -> None:
    await strip.start(Reports())
    desktop.run("xdotool", "mousemove", "600", "10", "click", "1")
    await until(lambda: clicks == ["click"])


async def test_it_follows_the_screen(strip: X11Indicator, desktop: Desktop, stranger: Stranger) -> None:
    desktop.run(
        "xrandr", "--newmode", "small", *["40", "800", "840", "968", "1056", "600", "601", "605", "628"]
    )
    desktop.run("xrandr", "--addmode", "screen", "small")
    await strip.start(Reports())
    for mode, size in (("small", "800x600"), ("1280x800", "1280x800")):
        desktop.run("xrandr", "--output", "screen", "--mode", mode, "--fb", size)
        await until(partial(is_wide, stranger, int(size.split("x")[0])))
        assert is_readable(stranger.display)


async def test_a_window_that_fights_for_the_top_ends_the_sensing(
    strip: X11Indicator, stranger: Stranger
) -> None:
    """It raises itself when it is covered: the strip is not "shown" between two raises, nor raised often."""
    reports = Reports()
    await strip.start(reports)
    window = stranger.window()
    raised = 0
    loop = asyncio.get_running_loop()
    end = loop.time() + 2.5
    while loop.time() < end:
        while stranger.display.pending_events():
            event = stranger.display.next_event()
            if event.type == X.VisibilityNotify and event.state != X.VisibilityUnobscured:
                raised += 1
                window.raise_window()
        stranger.display.flush()
        await asyncio.sleep(0.002)
    assert [shown for shown, _ in reports.all] == [True, False]
    assert 3 <= raised <= 25
    window.destroy()
    stranger.display.sync()
    await reports.shown(True, after=2, seconds=3)


async def test_a_new_start_does_not_wipe_out_a_loss(strip: X11Indicator, stranger: Stranger) -> None:
    reports = Reports()
    await strip.start(reports)
    window = stranger.window()
    await reports.shown(False, after=1)
    await strip.stop()
    window.destroy()
    stranger.display.sync()
    again = Reports()
    await strip.start(again)
    assert [shown for shown, _ in again.all] == [False]
    await again.shown(True, after=1, seconds=3)


async def test_what_covers_it_while_its_words_change_is_not_missed(
    strip: X11Indicator, stranger: Stranger
) -> None:
    reports = Reports()
    await strip.start(reports)
    await asyncio.sleep(0.3)
    window = stranger.window()
    # Its answers bring the news of the cover, after which nothing lies on the connection.
    strip.says(on=True)
    await reports.shown(False, after=1)
    window.destroy()
    stranger.display.sync()


async def test_hiding_it_over_and_over_keeps_it_from_counting_as_shown(
    strip: X11Indicator, stranger: Stranger
) -> None:
    reports = Reports()
    await strip.start(reports)
    for _ in range(12):
        stranger.strip().unmap()
        stranger.display.sync()
        await asyncio.sleep(0.25)
    later = [shown for shown, _ in reports.all[8:]]
    assert True not in later, reports.all


async def test_nothing_wakes_the_loop_while_all_is_well(
    strip: X11Indicator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await strip.start(Reports())
    await asyncio.sleep(0.3)
    woken: list[int] = []
    monkeypatch.setattr(strip, "_readable", lambda: woken.append(1))
    assert not strip._timers
    await asyncio.sleep(1.0)
    assert not woken


@pytest.mark.parametrize("name", [":64999", ":98765", "nowhere.invalid:0", "/no/display"])
async def test_no_display_says_why_and_what_to_do(name: str) -> None:
    with pytest.raises(BackendUnavailable) as caught:
        await make(name, NAME, lambda: None).start(Reports())
    assert caught.value.port == "indicator"
    assert "X11" in caught.value.reason
    assert "Xorg" in caught.value.remedy
    with warnings.catch_warnings():
        # python-xlib leaves the sockets of failed attempts to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        del caught
        gc.collect()


async def test_a_display_that_ended_is_told_from_one_that_was_never_there() -> None:
    """The session installs and chooses nothing: a display that comes back is taken up by itself."""
    reports = Reports()
    with running_desktop(bus=False, window_manager=False) as bare:
        alone = make(bare.display_name, NAME, lambda: None)
        await alone.start(reports)
    assert "closed our connection" in await reports.shown(False, after=1, seconds=10)
    await alone.stop()
    with pytest.raises(BackendUnavailable) as caught:
        await alone.start(reports)
    assert (caught.value.reason, caught.value.remedy) == (tuning.ENDED, tuning.AGAIN)
    await alone.stop()
    with warnings.catch_warnings():
        # As above.
        warnings.simplefilter("ignore", ResourceWarning)
        del caught
        gc.collect()


def test_the_attempts_are_bounded() -> None:
    assert tuning.REPAIR_EVERY_S >= 0.1
    assert tuning.LOOK_EVERY_S >= 0.02


strange_names = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=st.characters(categories=["Cc", "Cf", "Co", "Zs", "Mn", "So"]), max_size=40),
    st.text(alphabet="אבגדהابتثج ", max_size=30),
    st.sampled_from(
        [
            "x" * 100_000,
            "🎒" * 200,
            "<script>alert(1)</script>",
            "%s%n{organisation}{0}",
            "\x1b[2J\x00\r\n",
            "\u202eloohcs",
            "W" * 300,
            "\ud800",
        ]
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=strange_names)
def test_no_name_hides_or_breaks_it(desktop: Desktop, stranger: Stranger, name: str) -> None:
    async def shown() -> None:
        strip = make(desktop.display_name, name, lambda: None)
        reports = Reports()
        try:
            await strip.start(reports)
            assert reports.all == [(True, "")]
            assert is_readable(stranger.display)
        finally:
            await strip.stop()

    asyncio.run(shown())
