import asyncio

from lamplighter_collector.web.arrivals import Arrivals


async def test_announcement_wakes_everybody_who_waits() -> None:
    arrivals = Arrivals()
    waiting = [arrivals.next() for _ in range(3)]
    arrivals.announce()
    await asyncio.wait_for(asyncio.gather(*waiting), 1)


async def test_an_announcement_after_asking_is_never_missed() -> None:
    arrivals = Arrivals()
    woken = arrivals.next()
    arrivals.announce()
    assert woken.done()
    assert not arrivals.next().done()


async def test_closing_wakes_now_and_later() -> None:
    arrivals = Arrivals()
    early = arrivals.next()
    arrivals.close()
    assert arrivals.closed
    assert early.done()
    assert arrivals.next().done()


async def test_announcing_to_nobody_is_harmless() -> None:
    Arrivals().announce()
