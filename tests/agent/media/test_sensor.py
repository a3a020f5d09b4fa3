import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from lamplighter_agent.backends.media_ports import MediaChange
from lamplighter_agent.errors import BackendUnavailable
from lamplighter_agent.media import sensor
from lamplighter_agent.media.sensor import MediaSensor

from tests.support.fakes.media import STICK, FakeMedia
from tests.support.sensed import eventually

GONE = BackendUnavailable("MediaWatch", "it went away", "bring it back")


class Run:
    """A running sensor and what it said."""

    def __init__(self) -> None:
        self.watch = FakeMedia()
        self.changes: list[MediaChange] = []
        self.losses = 0
        self.sensor = MediaSensor(self.watch, changed=self.changes.append, lost=self.lost, told=lambda: None)

    def lost(self) -> None:
        self.losses += 1

    @property
    def presences(self) -> list[bool]:
        return [change.present for change in self.changes]


@pytest.fixture
async def run(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Run]:
    monkeypatch.setattr(sensor, "AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(sensor, "BEAT_SECONDS", 0.01)
    run = Run()
    task = asyncio.create_task(run.sensor.run())
    await eventually(lambda: run.sensor.state.working, "the sensor works")
    yield run
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_arrivals_and_removals_are_told(run: Run) -> None:
    run.watch.put_in()
    run.watch.take_out()
    assert run.presences == [True, False]


async def test_a_break_is_one_loss_and_no_second_arrival(run: Run) -> None:
    run.watch.put_in()
    run.watch.fail(GONE)
    assert run.losses == 1
    assert run.sensor.state.reason == "it went away"
    await eventually(lambda: run.watch.starts == 2 and run.sensor.state.working, "the second start")
    assert run.presences == [True]


async def test_what_went_during_a_break_is_told(run: Run) -> None:
    run.watch.put_in()
    run.watch.fail(GONE)
    run.watch.take_out(STICK)
    await eventually(lambda: run.presences == [True, False], "the removal")


async def test_a_machine_without_the_means_says_so_and_is_tried_again(run: Run) -> None:
    run.watch.unavailable = GONE
    run.watch.fail(GONE)
    await eventually(lambda: run.watch.starts >= 3, "further tries")
    assert not run.sensor.state.working
    assert run.sensor.state.remedy == "bring it back"


async def test_what_the_watch_goes_on_without_is_said_as_long_as_that_is_away(run: Run) -> None:
    run.watch.lacking = GONE
    await eventually(lambda: not run.sensor.state.working, "the daemon's end")
    assert (run.sensor.state.reason, run.sensor.state.remedy) == ("it went away", "bring it back")
    # It goes on meanwhile, and a watch that starts without it says so all the same.
    run.watch.put_in()
    run.watch.fail(GONE)
    await eventually(lambda: run.watch.starts == 2, "the second start")
    assert not run.sensor.state.working
    assert run.presences == [True]
    run.watch.lacking = None
    await eventually(lambda: run.sensor.state.working, "the daemon's return")
    # Looked at anew, as what came meanwhile was known by halves; that is no loss and no second arrival.
    assert (run.watch.starts, run.losses, run.presences) == (3, 1, [True])
