"""A helper of a session that is switched away or locked waits, on a pretended Mac."""

import asyncio

from lamplighter_agent.backends.macos.front_gate import until_in_front
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


async def test_who_is_in_front_goes_on_at_once_and_so_does_who_can_not_ask() -> None:
    mac = PretendedMac()
    await until_in_front(mac.opens)
    assert mac.front_asked == 1

    def none() -> System:
        raise BackendUnavailable("System", "pyobjc is not there", "install it")

    await until_in_front(none)
