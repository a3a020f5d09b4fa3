import asyncio

import pytest
from lamplighter_collector.web.arrivals import Arrivals


async def test_announcement_wakes_everybody_who_waits() -> None:
    arrivals = Arrivals()
    waiting = [arrivals.next().wait() for _ in range(3)]
    arrivals.announce()
    await asyncio.wait_for(asyncio.gather(*waiting), 1)


async def test_an_announcement_after_asking_is_never_missed() -> None:
    arrivals = Arrivals()
    woken = arrivals.next()
    arrivals.announce()
    assert woken.is_set()
    assert not arrivals.next().is_set()


async def test_a_page_that_leaves_takes_nobody_with_it() -> None:
    arrivals = Arrivals()
    leaving, staying = (asyncio.create_task(arrivals.next().wait()) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    arrivals.announce()
    assert await asyncio.wait_for(staying, 1)


async def test_closing_wakes_now_and_later() -> None:
    arrivals = Arrivals()
    early = arrivals.next()
    arrivals.close()
    assert arrivals.closed
    assert early.is_set()
    assert arrivals.next().is_set()
