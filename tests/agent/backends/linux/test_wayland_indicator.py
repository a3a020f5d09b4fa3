"""The strip under a real sway: shown only while sway's own tree says so, and put right when it is not."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from lamplighter_agent.backends.linux.indicator import X11Indicator
from lamplighter_agent.backends.linux.wayland_indicator import SwayIndicator
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.errors import BackendUnavailable

from tests.support.reports import Reports
from tests.support.sensed import aside
from tests.support.sway import SwayDesktop, ordinary_user, running_sway
from tests.support.virtual_pointer import VirtualPointer, virtual_pointer

pytestmark = pytest.mark.notice


@pytest.fixture(scope="module")
def sway() -> Iterator[SwayDesktop]:
    with running_sway(user=ordinary_user()) as desktop:
        yield desktop


@pytest.fixture
async def strip(sway: SwayDesktop) -> AsyncIterator[SwayIndicator]:
    made = make(sway)
    yield made
    await made.stop()


def make(sway: SwayDesktop) -> SwayIndicator:
    return SwayIndicator(
        Sign(organisation="Larkhill Bridge School"),
        display_name=sway.environment["DISPLAY"],
        path=sway.environment["SWAYSOCK"],
    )


def ours(sway: SwayDesktop) -> dict[str, Any]:
    """Return our window as sway's own program tells it; empty where there is none."""
    return next((node for node in sway.nodes() if node.get("pid") == os.getpid()), {})


async def test_it_is_at_the_top_for_every_workspace_and_takes_no_focus(
    sway: SwayDesktop, strip: SwayIndicator
) -> None:
    window = await aside(sway.open_foot, "work")
    await strip.start(Reports())
    node = ours(sway)
    assert (node["visible"], node["sticky"], node["type"]) == (True, True, "floating_con")
    assert (node["rect"]["x"] + node["rect"]["width"], node["rect"]["y"]) == (1280, 0)
    assert (sway.node("work") or {})["focused"]
    await aside(sway.tell, "workspace 2")
    assert ours(sway)["visible"]
    await aside(sway.tell, "workspace 1")
    await aside(sway.close, window)


@pytest.mark.parametrize(
    "words",
    ["kill", "floating disable", "resize set 80 px 50 px", "move scratchpad"],
)
async def test_what_a_person_does_to_it_is_reported_and_put_right(
    sway: SwayDesktop, strip: SwayIndicator, words: str
) -> None:
    reports = Reports()
    await strip.start(reports)
    await aside(sway.tell, f"[con_id={ours(sway)['id']}] {words}")
    assert await reports.shown(False, after=1, seconds=5)
    await reports.shown(True, after=2, seconds=5)
    assert ours(sway)["visible"]
    assert ours(sway)["type"] == "floating_con"


async def test_a_window_over_it_is_reported_and_goes_below(sway: SwayDesktop, strip: SwayIndicator) -> None:
    reports = Reports()
    await strip.start(reports)
    window = await aside(sway.open_foot, "over")
    await aside(sway.tell, f"[con_id={window.id}] floating enable, move absolute position 700 0")
    assert "covers" in await reports.shown(False, after=1, seconds=5)
    await reports.shown(True, after=2, seconds=5)
    assert (sway.node("over") or {})["focused"]
    await aside(sway.close, window)


async def test_under_a_full_screen_window_it_is_not_shown(sway: SwayDesktop, strip: SwayIndicator) -> None:
    reports = Reports()
    await strip.start(reports)
    window = await aside(sway.open_foot, "film")
    await aside(sway.tell, f"[con_id={window.id}] fullscreen enable")
    assert "full-screen" in await reports.shown(False, after=1, seconds=5)
    assert not ours(sway)["visible"]
    assert reports.all[-1][0] is False
    await aside(sway.tell, f"[con_id={window.id}] fullscreen disable")
    await reports.shown(True, after=2, seconds=5)
    await aside(sway.close, window)


async def answer(pointer: VirtualPointer, x: int, y: int, clicks: asyncio.Queue[str]) -> str:
    """Click until something comes of it: XWayland takes up a mouse that has just come in its own time."""
    for _ in range(5):
        await aside(pointer.click, x, y)
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(clicks.get(), 1)
    raise AssertionError("nothing came of a click")


@pytest.mark.parametrize("language", ["en_GB.UTF-8", "ar_EG.UTF-8"])
async def test_a_click_at_its_end_asks_for_help_and_elsewhere_for_the_page(
    sway: SwayDesktop, language: str
) -> None:
    clicks: asyncio.Queue[str] = asyncio.Queue()
    strip = SwayIndicator(
        Sign(
            organisation="Larkhill Bridge School",
            clicked=lambda: clicks.put_nowait("page"),
            help_clicked=lambda: clicks.put_nowait("help"),
            language=language,
        ),
        display_name=sway.environment["DISPLAY"],
        path=sway.environment["SWAYSOCK"],
    )
    await strip.start(Reports())
    try:
        area = ours(sway)["rect"]
        # Where a language runs from the right, the end is at the left.
        end = 10 if language.startswith("ar") else area["width"] - 10
        middle = area["y"] + area["height"] // 2
        with virtual_pointer(sway.environment) as pointer:
            for x, wanted in ((area["x"] + end, "help"), (area["x"] + 400, "page")):
                assert await answer(pointer, x, middle, clicks) == wanted
    finally:
        await strip.stop()


async def test_when_the_compositor_dies_it_is_gone_and_comes_back_with_it() -> None:
    with running_sway(user=ordinary_user()) as desktop:
        strip, reports = make(desktop), Reports()
        await strip.start(reports)
        await aside(desktop.kill_compositor)
        assert await reports.shown(False, after=1, seconds=5)
        display = desktop.environment["DISPLAY"]
        await aside(desktop.start_compositor)
        assert desktop.environment["DISPLAY"] == display
        await reports.shown(True, after=2, seconds=10)
        assert ours(desktop)["visible"]
        await strip.stop()


@pytest.mark.parametrize("missing", ["DISPLAY", "SWAYSOCK"])
async def test_without_sway_or_xwayland_it_says_so(sway: SwayDesktop, missing: str) -> None:
    told = sway.environment | {missing: ":4711" if missing == "DISPLAY" else "/nowhere"}
    strip = SwayIndicator(Sign(organisation="A"), display_name=told["DISPLAY"], path=told["SWAYSOCK"])
    with pytest.raises(BackendUnavailable, match="sway") as refused:
        await strip.start(Reports())
    assert "xwayland" in refused.value.remedy


async def test_the_strip_of_x11_refuses_xwayland(sway: SwayDesktop) -> None:
    """No tree of sway's holds such a window: whether it can be seen is not known."""
    strip = X11Indicator(Sign(organisation="A"), display_name=sway.environment["DISPLAY"])
    with pytest.raises(BackendUnavailable, match="Wayland"):
        await strip.start(Reports())
