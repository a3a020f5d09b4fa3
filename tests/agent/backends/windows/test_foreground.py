"""Since when a window surely has the keys, on a pretended Windows. What else it must do: see contracts."""

from collections.abc import AsyncIterator

import pytest_asyncio
from lamplighter_agent.backends.ports import Foreground
from lamplighter_agent.backends.windows.foreground import WindowsForeground

from tests.agent.backends.windows.pretended import PretendedWindows
from tests.support.sensed import eventually


class Watched:
    """A source with its Windows and what it told."""

    def __init__(self) -> None:
        self.windows = PretendedWindows()
        self.note = self.windows.open("a note")
        self.source = WindowsForeground(self.windows.system)
        self.told: list[Foreground | None] = []

    @property
    def since(self) -> int:
        last = self.told[-1]
        assert last is not None
        return last.since_ms


@pytest_asyncio.fixture
async def watched() -> AsyncIterator[Watched]:
    watched = Watched()
    await watched.source.start(watched.told.append, lambda _problem: None)
    yield watched
    await watched.source.stop()


async def test_it_counts_from_our_look_and_not_from_the_news(watched: Watched) -> None:
    watched.windows.deaf = True
    other = watched.windows.open("another")
    told_at = watched.windows.tick_ms()
    watched.windows.hear()
    await eventually(
        lambda: watched.told[-1] is not None and watched.told[-1].window_id == other, "the front"
    )
    assert watched.since > told_at


async def test_a_front_that_went_and_came_back_between_two_looks_begins_anew(watched: Watched) -> None:
    before = watched.since
    watched.windows.deaf = True
    watched.windows.open("a hidden one")
    watched.windows.bring(watched.note)
    back = watched.windows.tick_ms()
    watched.windows.hear()
    await eventually(lambda: len(watched.told) > 1, "the same window, told again")
    last = watched.told[-1]
    assert last is not None
    assert last.window_id == watched.note
    assert before < back < last.since_ms


async def test_old_news_of_the_front_is_not_taken_for_new(watched: Watched) -> None:
    watched.windows.deaf = True
    other = watched.windows.open("another")
    assert watched.source.check().window_id == other
    since, count = watched.since, len(watched.told)
    watched.windows.hear()
    # What comes later is heard later.
    watched.windows.retitle(other, "renamed")
    await eventually(lambda: len(watched.told) > count, "the new title")
    assert len(watched.told) == count + 1
    assert watched.since == since


async def test_without_events_it_looks_by_itself() -> None:
    watched = Watched()
    watched.windows.refuses = True
    await watched.source.start(watched.told.append, lambda _problem: None)
    watched.windows.open("another")
    await eventually(lambda: len(watched.told) == 2, "the other window")
    await watched.source.stop()
    assert watched.source.check().window_id is None
