"""Windows on a real accessibility bus: of real programs, and of one that says what it likes."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from lamplighter_agent.backends.linux.atspi_foreground import TITLE_LIMIT, AtspiForeground

from installers.quickstart.virtual_desktop.desktop import Desktop
from tests.support.heard import HeardWindows, listening
from tests.support.pretended_windows import Aside, PretendedWindows, pretended_windows
from tests.support.sensed import aside, eventually
from tests.support.toolkits import TOOLKITS


def source_of(desktop: Desktop) -> AtspiForeground:
    return AtspiForeground(desktop.environment["DBUS_SESSION_BUS_ADDRESS"])


@pytest_asyncio.fixture
async def watched(desktop: Desktop) -> AsyncIterator[HeardWindows]:
    async with listening(HeardWindows(source_of(desktop))) as watched:
        yield watched


@pytest.fixture
def program(desktop: Desktop) -> Iterator[tuple[PretendedWindows, Aside]]:
    with pretended_windows(desktop) as joined:
        yield joined


async def test_windows_of_a_real_toolkit_are_told(desktop: Desktop, watched: HeardWindows) -> None:
    opens = desktop.open_gtk_entry
    first = await aside(opens, "harbour")
    found = await watched.shows("harbour")
    assert (found.pid, found.has_keyboard) == (first.process.pid, True)
    assert found.window_class
    second = await aside(opens, "lighthouse")
    await watched.shows("lighthouse")
    await aside(desktop.focus, first)
    again = await watched.shows("harbour")
    assert again.window_id == found.window_id
    assert again.since_ms > found.since_ms
    for window in (first, second):
        await aside(desktop.close, window)
    await eventually(lambda: watched.seen[-1] is None, "nothing in front")


async def test_gtk_4_is_heard_which_writes_events_small(desktop: Desktop, watched: HeardWindows) -> None:
    window = await aside(TOOLKITS["GTK 4"], desktop)
    assert (await watched.shows("fields 0 0")).pid == window.process.pid
    await aside(desktop.close, window)
    await eventually(lambda: watched.seen[-1] is None, "nothing in front")


async def test_one_that_was_there_before_is_found(desktop: Desktop) -> None:
    window = await aside(desktop.open_gtk_entry, "already here")
    async with listening(HeardWindows(source_of(desktop))) as watched:
        assert (await watched.shows("already here")).pid == window.process.pid


async def test_a_program_that_never_answers_holds_nobody_up(
    watched: HeardWindows, program: tuple[PretendedWindows, Aside]
) -> None:
    pretended, loop = program
    pretended.answers = False
    loop.do(pretended.open("nobody hears of it"))
    # In front, without a title, and the check does not wait for it.
    assert watched.source.check().window_id is not None
    last = watched.seen[-1]
    assert last is not None
    assert (last.title, last.pid) == ("", os.getpid())


async def test_a_title_without_end_is_cut(
    watched: HeardWindows, program: tuple[PretendedWindows, Aside]
) -> None:
    pretended, loop = program
    path = loop.do(pretended.open("short"))
    await watched.shows("short")
    loop.do(pretended.retitle(path, "a" * 1_000_000))
    assert len((await watched.shows("a" * TITLE_LIMIT)).title) == TITLE_LIMIT


async def test_news_of_a_window_that_is_not_in_front_changes_nothing(
    watched: HeardWindows, program: tuple[PretendedWindows, Aside]
) -> None:
    pretended, loop = program
    first = loop.do(pretended.open("first"))
    loop.do(pretended.open("second"))
    await watched.shows("second")
    loop.do(pretended.say(first, "Deactivate"))
    loop.do(pretended.retitle(first, "hidden words"))
    watched.source.check()
    assert watched.seen[-1] is not None
    assert watched.seen[-1].title == "second"
    assert not any(seen and seen.title == "hidden words" for seen in watched.seen)


async def test_its_program_s_end_leaves_nothing_in_front(desktop: Desktop, watched: HeardWindows) -> None:
    with pretended_windows(desktop) as (pretended, loop):
        loop.do(pretended.open("going"))
        await watched.shows("going")
    await eventually(lambda: watched.seen[-1] is None, "nothing in front")
    await asyncio.sleep(0)
    assert watched.source.check().window_id is None
