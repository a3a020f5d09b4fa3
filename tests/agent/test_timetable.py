"""When the hours change, somebody looks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

from lamplighter_agent.clock import SystemClock
from lamplighter_agent.timetable import Timetable, local_now

from tests.support.clock import SteppedClock


@contextlib.asynccontextmanager
async def running(
    due: Callable[[datetime], datetime | None], *, look_seconds: float = 3600
) -> AsyncIterator[tuple[Timetable, asyncio.Semaphore]]:
    looks = asyncio.Semaphore(0)
    table = Timetable(SystemClock(), due=due, look=looks.release, look_seconds=look_seconds)
    task = asyncio.create_task(table.run())
    try:
        yield table, looks
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def looked(looks: asyncio.Semaphore, times: int = 1) -> None:
    async with asyncio.timeout(20):
        for _ in range(times):
            await looks.acquire()


async def test_it_looks_when_the_hours_change() -> None:
    async with running(lambda now: now + timedelta(milliseconds=10)) as (_, looks):
        await looked(looks, 3)


async def test_it_looks_now_and_then_in_case_the_clock_was_set() -> None:
    async with running(lambda _now: None, look_seconds=0.01) as (_, looks):
        await looked(looks, 3)


async def test_another_policy_is_looked_at_at_once() -> None:
    async with running(lambda _now: None) as (table, looks):
        await asyncio.sleep(0)
        table.changed()
        await looked(looks)


def test_the_time_is_the_wall_s() -> None:
    clock = SteppedClock()
    now = local_now(clock)
    assert now.tzinfo is None
    assert now == clock.now().astimezone().replace(tzinfo=None)
