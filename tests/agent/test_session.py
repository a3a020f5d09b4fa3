"""The helper's rule, as a script: what the indicator and the service say, and whether sensors run."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lamplighter_agent import session as module
from lamplighter_agent.backends.ports import Hardening, SensorState
from lamplighter_agent.backends.posix.dialling import dial
from lamplighter_agent.local_ipc.client import LocalClient
from lamplighter_agent.session import Session
from lamplighter_protos.v1.detection_pb2 import LossNotice
from lamplighter_protos.v1.local_pb2 import SensingPolicy

from tests.agent.local_ipc.local_pair import SCHOOL, RememberingHub, ourselves, running_server
from tests.support.fakes.indicator import FakeIndicator
from tests.support.waiting import until

HARDENED = Hardening(not_dumpable=True, no_core=True, memory_locked=False, reason="the limit")


class FakeSensing:
    """Sensors that remember whether they ever ran while the indicator did not."""

    def __init__(self, indicator: FakeIndicator) -> None:
        self.running = False
        self.starts = 0
        self.wanted = (False, False)
        # A start goes on until this is set, as where a bus answers nothing.
        self.answered = asyncio.Event()
        self.answered.set()
        self._indicator = indicator

    async def start(self, *, typed: bool, titles: bool) -> None:
        assert self._indicator.running, "sensing without an indicator"
        assert not self.running, "started twice"
        self.wanted = (typed, titles)
        self.running = True
        self.starts += 1
        await self.answered.wait()

    async def stop(self) -> None:
        self.running = False

    def states(self) -> list[SensorState]:
        return [SensorState(sensor="window titles", working=self.running, backend="fake")]


class Scene:
    """Everything a test script talks to."""

    def __init__(self, hub: RememberingHub, session: Session, indicator: FakeIndicator) -> None:
        self.hub = hub
        self.session = session
        self.indicator = indicator
        self.sensing = FakeSensing(indicator)
        session.attach(self.sensing)

    def allow(self, *, sensing: bool) -> None:
        self.session.on_policy(SensingPolicy(sensing=sensing))

    def losses(self) -> list[LossNotice.Reason.ValueType]:
        return [message.unseen.reason for message in self.hub.messages if message.HasField("unseen")]

    def last_status_shown(self) -> bool | None:
        said = [message.status for message in self.hub.messages if message.HasField("status")]
        return said[-1].indicator_shown if said else None


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    monkeypatch.setattr(module, "GONE_SECONDS", 0.1)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)
    async with running_server(tmp_path, children=ourselves()) as (path, hub):
        client = LocalClient(organisation=SCHOOL)
        await client.connect(path, dial)
        await until(lambda: hub.connections)
        indicator = FakeIndicator()
        made = Scene(hub, Session(client, indicator, HARDENED), indicator)
        running = asyncio.create_task(made.session.run())
        yield made
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        assert not made.sensing.running
        assert not indicator.running
        client.close()
        await client.closed.wait()


async def test_the_indicator_comes_first_and_nothing_is_sensed_before_the_service_allows_it(
    scene: Scene,
) -> None:
    await until(scene.last_status_shown)
    assert scene.sensing.starts == 0
    scene.allow(sensing=True)
    await until(lambda: scene.sensing.running)


async def test_sensing_stops_when_the_service_says_so(scene: Scene) -> None:
    scene.allow(sensing=True)
    await until(lambda: scene.sensing.running)
    assert scene.indicator.words[-1] is True
    scene.allow(sensing=False)
    await until(lambda: not scene.sensing.running)
    assert scene.indicator.running
    await until(lambda: scene.indicator.words[-1] is False)


async def test_while_it_rests_the_strip_says_until_when(scene: Scene) -> None:
    scene.allow(sensing=True)
    await until(lambda: scene.sensing.running)
    scene.session.on_policy(SensingPolicy(sensing=False, resting=True, rests_until="Monday 07:00"))
    await until(lambda: scene.indicator.rests_until == "Monday 07:00")
    assert not scene.sensing.running
    scene.allow(sensing=True)
    await until(lambda: scene.sensing.running)
    assert scene.indicator.rests_until == ""


async def test_another_choice_of_sensors_starts_them_anew_and_the_same_does_not(scene: Scene) -> None:
    scene.allow(sensing=True)
    await until(lambda: scene.sensing.running)
    assert scene.sensing.wanted == (True, True)
    scene.allow(sensing=True)
    scene.session.on_policy(SensingPolicy(sensing=True, typed_off=True))
    await until(lambda: scene.sensing.wanted == (False, True))
    assert scene.sensing.starts == 2


async def test_an_indicator_that_is_gone_stops_the_sensors_is_recorded_and_put_back(scene: Scene) -> None:
    scene.allow(sensing=True)
    await until(lambda: scene.sensing.running)
    scene.indicator.say(shown=False)
    await until(lambda: scene.last_status_shown() is False)
    assert scene.sensing.running, "a moment is allowed"
    await until(lambda: scene.indicator.starts == 2)
    await until(lambda: scene.losses() == [LossNotice.REASON_INDICATOR_GONE])
    await until(lambda: scene.sensing.starts == 2 and scene.sensing.running)


async def test_sensors_that_are_still_starting_stop_when_the_indicator_is_gone(scene: Scene) -> None:
    scene.sensing.answered.clear()
    scene.allow(sensing=True)
    await until(lambda: scene.sensing.running)
    scene.indicator.broken = True
    scene.indicator.say(shown=False)
    await until(lambda: not scene.sensing.running)
    scene.indicator.broken = False
    scene.sensing.answered.set()
    await until(lambda: scene.sensing.running)
    assert scene.sensing.starts == 2


async def test_sensors_that_are_still_starting_follow_the_policy(scene: Scene) -> None:
    scene.sensing.answered.clear()
    scene.allow(sensing=True)
    await until(lambda: scene.sensing.running)
    scene.session.on_policy(SensingPolicy(sensing=True, typed_off=True))
    await until(lambda: scene.sensing.wanted == (False, True))
    scene.allow(sensing=False)
    await until(lambda: not scene.sensing.running)


async def test_a_blink_changes_nothing(scene: Scene) -> None:
    scene.allow(sensing=True)
    await until(lambda: scene.sensing.running)
    scene.indicator.say(shown=False)
    scene.indicator.say(shown=True)
    await asyncio.sleep(module.GONE_SECONDS * 2)
    assert (scene.sensing.starts, scene.indicator.starts, scene.losses()) == (1, 1, [])


async def test_each_end_by_another_program_is_recorded_however_soon_it_is_back(scene: Scene) -> None:
    scene.allow(sensing=True)
    await until(lambda: scene.sensing.running)
    for _ in range(3):
        scene.indicator.say(shown=False)
        scene.session.on_indicator_ended()
        scene.indicator.say(shown=True)
    await until(lambda: scene.losses() == [LossNotice.REASON_INDICATOR_GONE] * 3)
    assert (scene.sensing.starts, scene.indicator.starts) == (1, 1)


@pytest.mark.parametrize("told_first", [True, False])
async def test_an_end_that_stops_the_sensors_is_one_record(
    scene: Scene,
    told_first: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    scene.allow(sensing=True)
    await until(lambda: scene.sensing.running)
    scene.indicator.broken = True
    scene.indicator.say(shown=False)
    if told_first:
        scene.session.on_indicator_ended()
    await until(lambda: not scene.sensing.running)
    if not told_first:
        scene.session.on_indicator_ended()
    scene.indicator.broken = False
    await until(lambda: scene.sensing.running)
    assert scene.losses() == [LossNotice.REASON_INDICATOR_GONE]


async def test_an_indicator_that_cannot_be_put_back_keeps_everything_off_and_is_tried_again(
    scene: Scene,
) -> None:
    scene.allow(sensing=True)
    await until(lambda: scene.sensing.running)
    scene.indicator.broken = True
    scene.indicator.say(shown=False)
    await until(lambda: not scene.sensing.running)
    await until(lambda: "no display" in scene.session.status().indicator_reason)
    assert scene.last_status_shown() is False
    scene.indicator.broken = False
    await until(lambda: scene.sensing.running)


async def test_the_status_says_what_holds(scene: Scene) -> None:
    scene.allow(sensing=True)
    await until(lambda: scene.sensing.running)
    said = scene.session.status()
    assert said.hardening.not_dumpable
    assert said.hardening.reason == "the limit"
    assert [sensor.working for sensor in said.sensors] == [True]
