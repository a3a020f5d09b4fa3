"""A helper in every session, with sessions and processes that this test makes and ends."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from lamplighter_agent.backends.windows.helper_book import HelperBook, PersonSession
from lamplighter_agent.backends.windows.keeper import Keeper

from tests.support.sensed import eventually

ONE = PersonSession(number=1, user="S-1-5-21-1001")
TWO = PersonSession(number=2, user="S-1-5-21-1002")


class Pretended:
    """A process that ends when it is told to."""

    def __init__(self, pid: int, session: PersonSession) -> None:
        self.pid = pid
        self.session = session
        self._code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def ended(self) -> int:
        return await self._code

    def end(self, code: int) -> None:
        if not self._code.done():
            self._code.set_result(code)

    def kill(self) -> None:
        self.end(1)


class Machine:
    """Sessions, the processes started in them, and a keeper."""

    def __init__(self) -> None:
        self.sessions = [ONE]
        self.started: list[Pretended] = []
        self.told: list[tuple[int, int]] = []
        self.refuse = 0
        self.book = HelperBook()
        self.keeper = Keeper(
            self.book,
            find=lambda: list(self.sessions),
            start=self.start,
            ended=lambda pid, code: self.told.append((pid, code)),
        )

    def start(self, session: PersonSession) -> Pretended:
        if self.refuse:
            self.refuse -= 1
            raise OSError(5, "refused")
        self.started.append(Pretended(100 + len(self.started), session))
        return self.started[-1]

    async def starts_are(self, count: int) -> None:
        await eventually(lambda: len(self.started) == count, f"{count} starts, have {len(self.started)}")


@pytest_asyncio.fixture
async def machine() -> AsyncIterator[Machine]:
    machine = Machine()
    running = asyncio.create_task(machine.keeper.run())
    yield machine
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert machine.book.helpers() == {}


async def test_a_killed_helper_is_told_and_back(machine: Machine) -> None:
    await machine.starts_are(1)
    machine.started[0].end(9)
    await machine.starts_are(2)
    assert machine.told == [(100, 9)]


async def test_sessions_that_come_and_go_are_followed(machine: Machine) -> None:
    await machine.starts_are(1)
    machine.sessions = [TWO]
    machine.keeper.changed()
    await machine.starts_are(2)
    assert machine.started[1].session == TWO
    assert await machine.started[0].ended() == 1
    assert machine.told == []


async def test_a_start_that_failed_is_tried_again(machine: Machine) -> None:
    machine.refuse = 1
    await machine.starts_are(1)
