"""What every backend for pages must do: say whether they are read, of the program in front alone."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lamplighter_agent.backends.ports import PagesReport

from tests.agent.backends.contracts import plugged
from tests.agent.backends.contracts.stages import PagesStage
from tests.support.sensed import eventually


@pytest_asyncio.fixture(params=plugged.PAGES)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[PagesStage]:
    async with request.param(request) as opened:
        yield opened
        await opened.source.stop()


async def test_pages_that_answer_are_said_to_be_read(stage: PagesStage) -> None:
    told: list[PagesReport] = []
    await stage.source.start(told.append)
    stage.source.in_front(*stage.prepare(answers=True))
    await eventually(lambda: told, "a report")
    assert told == [PagesReport(program="Chromium", read=True)]


async def test_of_pages_that_do_not_answer_reason_and_remedy_are_said(stage: PagesStage) -> None:
    told: list[PagesReport] = []
    await stage.source.start(told.append)
    stage.source.in_front(*stage.prepare(answers=False))
    await eventually(lambda: told, "a report")
    assert not told[0].read
    assert told[0].reason
    assert told[0].remedy


async def test_stop_is_silence_also_in_the_middle_of_a_question(stage: PagesStage) -> None:
    told: list[PagesReport] = []
    program = stage.prepare(answers=True)
    await stage.source.stop()
    stage.source.in_front(*program)
    for turns in range(4):
        await stage.source.start(told.append)
        stage.source.in_front(*program)
        for _ in range(turns):
            await asyncio.sleep(0)
        await stage.source.stop()
    told.clear()
    stage.source.in_front(*program)
    await asyncio.sleep(0)
    assert told == []


async def test_it_may_start_again(stage: PagesStage) -> None:
    told: list[PagesReport] = []
    for _ in range(3):
        await stage.source.start(told.append)
        stage.source.in_front(None, "")
        stage.source.in_front(*stage.prepare(answers=True))
        await eventually(lambda: told, "a report")
        await stage.source.stop()
        told.clear()
