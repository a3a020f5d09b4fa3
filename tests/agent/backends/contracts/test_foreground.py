"""What every foreground window backend must do."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.agent.backends.contracts import plugged
from tests.agent.backends.contracts.stages import ForegroundStage
from tests.support.heard import HeardWindows, listening
from tests.support.sensed import eventually


@pytest_asyncio.fixture(params=plugged.FOREGROUNDS)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[ForegroundStage]:
    async with request.param(request) as opened:
        yield opened


@pytest_asyncio.fixture
async def watched(stage: ForegroundStage) -> AsyncIterator[HeardWindows]:
    async with listening(HeardWindows(stage.source)) as watched:
        yield watched


async def test_tells_the_window_and_whose_it_is(stage: ForegroundStage, watched: HeardWindows) -> None:
    window = await stage.open("harbour")
    found = await watched.shows("harbour")
    assert (found.window_id, found.pid) == (window.window_id, window.pid)
    assert found.window_class


async def test_tells_the_window_that_was_there_before(stage: ForegroundStage) -> None:
    window = await stage.open("already here")
    async with listening(HeardWindows(stage.source)) as watched:
        # Before `start` returns, or soon: the fake has nobody to ask.
        await stage.retitle(window, "still here")
        found = await watched.shows("still here")
        assert found.window_id == window.window_id


async def test_every_title_arrives_and_soon(stage: ForegroundStage, watched: HeardWindows) -> None:
    window = await stage.open("title 0")
    await watched.shows("title 0")
    delays = []
    for number in range(1, 21):
        before = time.monotonic()
        await stage.retitle(window, f"title {number} – naïve")
        await watched.shows(f"title {number} – naïve")
        delays.append(watched.times[-1] - before)
    assert sorted(delays)[10] < 0.05


async def test_follows_the_focus_and_agrees_with_its_check(
    stage: ForegroundStage, watched: HeardWindows
) -> None:
    windows = {title: await stage.open(title) for title in ("first", "second")}
    since = -1
    for title in ("first", "second", "first"):
        stage.bring(windows[title])
        check = stage.source.check()
        found = await watched.shows(title)
        assert check.window_id == windows[title].window_id
        assert since < found.since_ms <= check.time_ms
        since = found.since_ms


async def test_check_brings_what_is_on_its_way(stage: ForegroundStage, watched: HeardWindows) -> None:
    first = await stage.open("one")
    await stage.open("two")
    await watched.shows("two")
    # Without a turn of the loop the check itself must learn of the change.
    stage.bring(first)
    assert stage.source.check().window_id == first.window_id
    last = watched.seen[-1]
    assert last is not None
    assert last.title == "one"


async def test_a_window_that_goes_leaves_nothing(stage: ForegroundStage, watched: HeardWindows) -> None:
    window = await stage.open("short-lived")
    await watched.shows("short-lived")
    await stage.close(window)
    await eventually(lambda: watched.seen[-1] is None, "nothing in front")
    assert stage.source.check().window_id is None


async def test_nothing_of_a_person_is_in_a_report_s_repr(
    stage: ForegroundStage, watched: HeardWindows
) -> None:
    await stage.open("private words")
    assert "private" not in repr(await watched.shows("private words"))
