"""What every watch for portable media must do."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lamplighter_agent.backends.media_ports import MediaChange
from lamplighter_agent.errors import BackendUnavailable

from tests.agent.backends.contracts import plugged
from tests.agent.backends.contracts.stages import MediaStage
from tests.support.sensed import eventually


class Seen:
    """What the watch reported, in order, of the media of this test."""

    def __init__(self) -> None:
        self.changes: list[MediaChange] = []
        self.problems: list[BackendUnavailable] = []

    @property
    def presences(self) -> list[bool]:
        return [change.present for change in self.changes]

    async def presences_are(self, *wanted: bool) -> None:
        await eventually(lambda: self.presences == list(wanted), f"{wanted}, have {self.presences}")


@pytest_asyncio.fixture(params=plugged.MEDIA)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[MediaStage]:
    async with request.param(request) as opened:
        yield opened


async def started(stage: MediaStage) -> Seen:
    seen = Seen()

    def sink(change: MediaChange) -> None:
        # A machine may have other media than this test's.
        if change.medium.bus == "usb":
            seen.changes.append(change)

    await stage.source.start(sink, seen.problems.append)
    return seen


async def test_each_arrival_and_removal_is_told_once(stage: MediaStage) -> None:
    seen = await started(stage)
    await stage.put_in()
    await seen.presences_are(True)
    await stage.take_out()
    await seen.presences_are(True, False)
    assert seen.changes[0].medium == seen.changes[1].medium
    await stage.source.stop()
    assert not seen.problems


async def test_what_is_in_at_the_start_is_told(stage: MediaStage) -> None:
    await stage.put_in()
    seen = await started(stage)
    await seen.presences_are(True)
    await stage.source.stop()
    await stage.take_out()
    await asyncio.sleep(0)
    assert seen.presences == [True]


async def test_it_can_be_started_again(stage: MediaStage) -> None:
    await started(stage)
    await stage.source.stop()
    await stage.source.stop()
    seen = await started(stage)
    await stage.put_in()
    await seen.presences_are(True)
    await stage.source.stop()
    await stage.take_out()
