"""A change of the school's that ends is over on this device, too, though nobody is heard."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lamplighter_agent.bundles.lapse import Lapse
from lamplighter_agent.bundles.store import BundleStore, Ready, today_of
from lamplighter_keywords.authoring.overrides import Override
from lamplighter_keywords.bundles.overrides_part import overrides_document
from lamplighter_keywords.terms import Source, UserKind

from tests.agent.bundles.offers import School, keys_of
from tests.support.clock import SteppedClock

# Noon, so that the day is the same wherever this runs.
NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
SECONDS = 20


def school_with(clock: SteppedClock, folder: Path, *days: int) -> Ready:
    """Return a bundle that lists one word, left out until so many days from now."""
    today = today_of(clock)
    overrides = tuple(
        Override(term="la-1", reason="", owner="", expires=today + timedelta(days=one), disabled=True)
        for one in days
    )
    school = School()
    store = BundleStore(folder, school.anchor, keys_of(folder), clock)
    store.load()
    ready = store.take(school.offer(1, overrides=overrides_document(overrides)))
    assert ready is not None
    return ready


def finds(ready: Ready) -> bool:
    return bool(ready.matcher.match("a lamp", source=Source.TYPED, user_kind=UserKind.PUPIL))


class LookedAt(SteppedClock):
    """Tells when it was looked at."""

    def __init__(self) -> None:
        super().__init__(NOON)
        self._looked = asyncio.Event()

    def now(self) -> datetime:
        self._looked.set()
        return super().now()

    async def looked_at(self) -> None:
        self._looked.clear()
        await asyncio.wait_for(self._looked.wait(), SECONDS)


class Judged:
    """What is judged by."""

    def __init__(self, clock: SteppedClock) -> None:
        self.lapse = Lapse(clock, self.take, look_seconds=0.005)
        self.ready: list[Ready] = []
        self.news = asyncio.Event()

    def take(self, ready: Ready) -> None:
        self.ready.append(ready)
        self.lapse.follow(ready)
        self.news.set()


@contextlib.asynccontextmanager
async def judging(clock: SteppedClock) -> AsyncIterator[Judged]:
    judged = Judged(clock)
    task = asyncio.create_task(judged.lapse.run())
    try:
        yield judged
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_a_word_that_was_left_out_is_found_again_on_its_day(tmp_path: Path) -> None:
    clock = LookedAt()
    first = school_with(clock, tmp_path / "bundles", 2)
    assert not finds(first)
    assert first.until == today_of(clock) + timedelta(days=2)

    async def main() -> list[Ready]:
        async with judging(clock) as judged:
            judged.take(first)
            judged.news.clear()
            clock.step(timedelta(days=1))
            await clock.looked_at()
            await clock.looked_at()
            assert judged.ready == [first]
            clock.step(timedelta(days=1))
            await asyncio.wait_for(judged.news.wait(), SECONDS)
            return judged.ready

    ready = asyncio.run(main())
    assert len(ready) == 2
    assert finds(ready[-1])
    assert ready[-1].until is None


def test_a_bundle_that_comes_meanwhile_is_followed(tmp_path: Path) -> None:
    clock = SteppedClock(NOON)
    without, soon = school_with(clock, tmp_path / "one/b"), school_with(clock, tmp_path / "two/b", 1, 9)

    async def main() -> list[Ready]:
        async with judging(clock) as judged:
            judged.take(without)
            await asyncio.sleep(0)
            judged.take(soon)
            judged.news.clear()
            clock.step(timedelta(days=1))
            await asyncio.wait_for(judged.news.wait(), SECONDS)
            return judged.ready

    ready = asyncio.run(main())
    assert ready[:2] == [without, soon]
    # The other change of the same word holds on.
    assert not finds(ready[2])
    assert ready[2].until == today_of(clock) + timedelta(days=8)


def test_what_is_over_at_the_start_is_over(tmp_path: Path) -> None:
    ready = school_with(SteppedClock(NOON), tmp_path / "bundles", -1, 0)
    assert finds(ready)
    assert ready.until is None
