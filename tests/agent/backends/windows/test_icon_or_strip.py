"""The icon where there is a place for it, the strip where there is none."""

import pytest
from lamplighter_agent.backends.windows.icon_or_strip import ELSEWHERE, IconOrStrip
from lamplighter_agent.errors import BackendUnavailable

from tests.agent.backends.windows.taskbar import Taskbar


def nothing() -> None: ...


def in_front() -> bool:
    return True


async def test_the_icon_is_taken_where_there_is_a_place() -> None:
    icon, strip = Taskbar(), Taskbar()
    sign = IconOrStrip(icon, strip, tip="off", in_front=in_front)
    assert sign.missing()
    await sign.open(nothing, nothing)
    sign.show("on")
    assert (icon.tip, strip.tip) == ("on", None)
    assert sign.missing() == ""
    await sign.close()
    assert icon.tip is None


@pytest.mark.parametrize("broken", [True, False])
async def test_the_strip_is_taken_where_there_is_none(broken: bool) -> None:  # noqa: FBT001
    icon, strip = Taskbar(), Taskbar()
    icon.broken, icon.there = broken, False
    sign = IconOrStrip(icon, strip, tip="off", in_front=in_front)
    await sign.open(nothing, nothing)
    assert sign.missing()
    sign.show("on")
    assert strip.tip == "on"
    assert sign.missing() == ""
    strip.tip = None
    assert sign.missing()
    await sign.close()


async def test_where_there_is_neither_it_says_so() -> None:
    icon, strip = Taskbar(), Taskbar()
    icon.broken = strip.broken = True
    sign = IconOrStrip(icon, strip, tip="off", in_front=in_front)
    with pytest.raises(BackendUnavailable):
        await sign.open(nothing, nothing)
    assert sign.missing()


async def test_a_session_whose_taskbar_went_gets_the_strip_at_the_next_start() -> None:
    icon, strip = Taskbar(), Taskbar()
    sign = IconOrStrip(icon, strip, tip="off", in_front=in_front)
    await sign.open(nothing, nothing)
    icon.there, icon.tip = False, None
    assert sign.missing()
    await sign.close()
    await sign.open(nothing, nothing)
    sign.show("on")
    assert strip.tip == "on"
    await sign.close()


@pytest.mark.parametrize("with_a_place", [True, False])
async def test_neither_is_seen_while_another_desktop_is_on_the_screen(with_a_place: bool) -> None:  # noqa: FBT001
    icon, strip = Taskbar(), Taskbar()
    icon.there = with_a_place
    ours = [True]
    sign = IconOrStrip(icon, strip, tip="off", in_front=lambda: ours[0])
    await sign.open(nothing, nothing)
    sign.show("on")
    assert sign.missing() == ""
    ours[0] = False
    assert sign.missing() == ELSEWHERE
    ours[0] = True
    assert sign.missing() == ""
    await sign.close()
