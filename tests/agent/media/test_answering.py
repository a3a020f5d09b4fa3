"""A no is shown once at a time to who asked, and another time where it could not be shown."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from lamplighter_agent.media.answering import Answering

from tests.agent.media.gated import somebody
from tests.agent.media.test_asked import IDS, OTHER, Device
from tests.agent.notice.test_open import SESSION
from tests.support.fakes.media import STICK
from tests.support.sensed import eventually

WREN = replace(somebody(), session=SESSION)


class World:
    """A device that was told no to two requests of one person."""

    def __init__(self, folder: Path) -> None:
        self.device = Device(folder)
        self.device.asked.note(IDS[0], STICK, WREN)
        self.device.asked.note(IDS[1], OTHER, WREN)
        self.device.refuse()
        self.shown = True
        self.closed = asyncio.Event()
        self.told: list[str] = []
        self.answering = Answering(self.device.asked, self.tell)

    async def tell(self, person: object, name: str) -> bool:
        assert person is WREN
        self.told.append(name)
        if self.shown:
            await self.closed.wait()
        return self.shown

    def waits(self) -> bool:
        return self.device.asked.has_refused(WREN)


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.answering.stop()


async def test_one_is_told_after_the_other_was_closed(world: World) -> None:
    world.answering.look(WREN)
    world.answering.look(WREN)
    await eventually(lambda: len(world.told) == 1, "the first")
    assert world.waits()
    world.closed.set()
    await eventually(lambda: len(world.told) == 2, "the second")
    assert not world.waits()


async def test_what_stands_when_the_service_stops_was_told(world: World) -> None:
    world.answering.look(WREN)
    await eventually(lambda: len(world.told) == 1, "the first")
    await world.answering.stop()
    world.closed.set()
    world.answering.look(WREN)
    await eventually(lambda: len(world.told) == 2, "the second")


@pytest.mark.fault
async def test_what_could_not_be_shown_is_told_another_time(world: World) -> None:
    world.shown = False
    for times in (1, 2):
        world.answering.look(WREN)
        await eventually(lambda times=times: len(world.told) == times, "a try")  # type: ignore[misc]
        await eventually(world.waits, "put back")


async def test_nobody_and_who_has_no_session_is_told_nothing(world: World) -> None:
    for person in (None, somebody(), replace(somebody("rook"), session=SESSION)):
        world.answering.look(person)
    await asyncio.sleep(0)
    assert not world.told
    assert world.waits()
