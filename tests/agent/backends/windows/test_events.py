"""The thread that hears what Windows tells of windows."""

import asyncio
import threading

import pytest
from lamplighter_agent.backends.windows._events import WinEvents
from lamplighter_agent.backends.windows._user32 import EVENT_FOCUS, EVENT_FOREGROUND, EVENT_NAME
from lamplighter_agent.errors import BackendUnavailable

from tests.agent.backends.windows.pretended import PretendedWindows
from tests.support.sensed import eventually


def nothing() -> None: ...


def unheard(event: int, window: int, time_ms: int) -> None: ...


async def test_each_event_that_was_asked_for_is_told_on_the_loop() -> None:
    windows = PretendedWindows()
    told: list[tuple[int, int]] = []
    loop = threading.get_ident()

    def heard(event: int, window: int, time_ms: int) -> None:
        assert threading.get_ident() == loop
        told.append((event, window))

    events = WinEvents(*windows.system())
    await events.start((EVENT_FOREGROUND, EVENT_FOCUS), heard, nothing)
    number = windows.open("a form")
    windows.retitle(number, "another")
    windows.focus_on(number)
    await eventually(lambda: len(told) == 2, "both events")
    await events.stop()
    assert told == [(EVENT_FOREGROUND, number), (EVENT_FOCUS, number)]


async def test_after_comes_when_everything_before_it_was_told() -> None:
    """Also where Windows takes what was posted to the thread before the events that wait for it."""
    windows = PretendedWindows()
    told: list[str] = []
    events = WinEvents(*windows.system())
    loop = asyncio.get_running_loop()

    def heard(event: int, window: int, time_ms: int) -> None:
        told.append("event")

    def after() -> None:
        loop.call_soon_threadsafe(told.append, "after")

    await events.start((EVENT_NAME,), heard, nothing)
    windows.deaf = True
    number = windows.open("a form")
    for _ in range(3):
        windows.retitle(number, "another")
        events.after(after)
    await eventually(lambda: told.count("after") == 3, "every call")
    await events.stop()
    assert told.index("after") >= 1
    assert told.count("event") == 3
    assert all(
        told[: position + 1].count("event") >= told[: position + 1].count("after") for position in range(6)
    )


async def test_it_says_where_windows_refuses() -> None:
    windows = PretendedWindows()
    windows.refuses = True
    events = WinEvents(*windows.system())
    with pytest.raises(BackendUnavailable, match="refuses the hook"):
        await events.start((EVENT_NAME,), unheard, nothing)
    await events.stop()


async def test_an_end_that_nobody_asked_for_is_told_once() -> None:
    windows = PretendedWindows()
    ended = asyncio.Event()
    events = WinEvents(*windows.system())
    await events.start((EVENT_NAME,), unheard, ended.set)
    windows.end_pump(events._id)
    await asyncio.wait_for(ended.wait(), 5)
    await events.stop()
