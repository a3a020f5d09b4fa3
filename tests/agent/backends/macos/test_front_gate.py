"""A helper of a session that is switched away or locked waits, on a pretended Mac."""

import asyncio

from lamplighter_agent.backends.macos.front_gate import after_refusal, until_in_front
from lamplighter_agent.backends.macos.system import System
from lamplighter_agent.errors import BackendUnavailable

from tests.support.fakes.mac import PretendedMac
from tests.support.waiting import until


async def test_it_waits_until_its_session_is_in_front() -> None:
    mac = PretendedMac()
    mac.is_in_front = False
    waiting = asyncio.create_task(until_in_front(mac.opens, look_seconds=0.001))
    await until(lambda: mac.front_asked > 2)
    assert not waiting.done()
    mac.is_in_front = True
    async with asyncio.timeout(20):
        await waiting


async def test_a_screen_that_is_unlocked_for_a_blink_lets_nobody_go_on() -> None:
    mac = PretendedMac()
    looks = iter([False, True, False, True, True, False])
    mac.in_front = lambda: next(looks)  # type: ignore[method-assign]
    await until_in_front(mac.opens, look_seconds=0.001)
    assert list(looks) == [False]


async def test_one_that_was_refused_takes_its_time() -> None:
    waiting = asyncio.create_task(after_refusal(seconds=600))
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
    await after_refusal(seconds=0)


async def test_who_is_in_front_and_stays_there_goes_on_and_so_does_who_can_not_ask() -> None:
    mac = PretendedMac()
    await until_in_front(mac.opens, look_seconds=0.001)
    assert mac.front_asked == 2

    def none() -> System:
        raise BackendUnavailable("System", "pyobjc is not there", "install it")

    await until_in_front(none)
