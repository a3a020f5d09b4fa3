"""One sensor's life."""

import asyncio

import pytest
from lamplighter_agent.backends.ports import Failed
from lamplighter_agent.errors import BackendUnavailable
from lamplighter_agent.sensing import sensor as tuning
from lamplighter_agent.sensing.sensor import Sensor

from tests.support.sensed import eventually


class Backend:
    """Starts as often as the test lets it."""

    def __init__(self) -> None:
        self.problem: Exception | None = None
        self.calls: list[str] = []
        self.stuck = 0
        self.failed: Failed | None = None
        self.sensor = Sensor(
            "things",
            "backend",
            start=self.start,
            stop=self.stop,
            lost=lambda: self.calls.append("lost"),
            changed=lambda: self.calls.append("changed"),
        )

    async def start(self, failed: Failed) -> None:
        self.calls.append("start")
        self.failed = failed
        if self.problem is not None:
            raise self.problem

    async def stop(self) -> None:
        self.calls.append("stop")
        if self.stuck:
            self.stuck -= 1
            raise KeyError("a text of a person")


async def test_starts_and_stops() -> None:
    backend = Backend()
    assert backend.sensor.state().reason == "not started"
    await backend.sensor.start()
    assert backend.sensor.working
    await backend.sensor.stop()
    assert backend.sensor.state().reason == "stopped"
    assert backend.calls == ["start", "changed", "stop"]


async def test_the_same_reason_again_is_no_news() -> None:
    backend = Backend()
    backend.problem = BackendUnavailable("p", "away", "wait")
    await backend.sensor.start()
    # Whatever had begun is ended before it is said that it does not work.
    assert backend.calls == ["start", "stop", "changed"]
    await eventually(lambda: backend.calls.count("start") == 2, "a second try")
    await backend.sensor.stop()
    assert backend.calls.count("changed") == 1


async def test_a_loss_is_told_once_and_mended() -> None:
    backend = Backend()
    await backend.sensor.start()
    assert backend.failed is not None
    backend.failed(BackendUnavailable("p", "broke", "wait"))
    backend.failed(BackendUnavailable("p", "broke", "wait"))
    assert not backend.sensor.working
    await eventually(lambda: backend.sensor.working, "mended")
    await backend.sensor.stop()
    assert backend.calls.count("lost") == 1


async def test_one_that_can_not_be_stopped_is_said_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "FIRST_RETRY_S", 0.01)
    backend = Backend()
    await backend.sensor.start()
    assert backend.failed is not None
    backend.stuck = 3
    backend.failed(BackendUnavailable("p", "broke", "wait"))
    await eventually(lambda: "KeyError" in backend.sensor.state().reason, "said")
    assert backend.calls.count("start") == 1
    await eventually(lambda: backend.sensor.working, "mended")
    await backend.sensor.stop()


async def test_one_that_can_neither_start_nor_be_stopped_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tuning, "FIRST_RETRY_S", 0.01)
    backend = Backend()
    backend.problem, backend.stuck = BackendUnavailable("p", "away", "wait"), 1
    await backend.sensor.start()
    assert backend.sensor.state().reason == "away"
    backend.problem = None
    await eventually(lambda: backend.sensor.working, "mended")
    await backend.sensor.stop()


async def test_an_unexpected_fault_is_said_by_its_kind_and_the_tries_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tuning, "FIRST_RETRY_S", 0.01)
    backend = Backend()
    backend.problem = KeyError("a text of a person")
    await backend.sensor.start()
    state = backend.sensor.state()
    assert (state.working, state.reason) == (False, "it could not be started: KeyError")
    await eventually(lambda: backend.calls.count("start") >= 4, "more tries")
    assert backend.calls.count("changed") == 1
    # Each time what had begun is ended first.
    assert backend.calls.count("stop") >= backend.calls.count("start") - 1
    backend.problem = None
    await eventually(lambda: backend.sensor.working, "mended")
    await backend.sensor.stop()


async def test_a_fault_while_it_is_mended_does_not_end_the_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "FIRST_RETRY_S", 0.01)
    backend = Backend()
    await backend.sensor.start()
    assert backend.failed is not None
    backend.problem = OSError(5, "a text of a person")
    backend.failed(BackendUnavailable("p", "broke", "wait"))
    await eventually(lambda: "OSError" in backend.sensor.state().reason, "said")
    backend.problem = None
    await eventually(lambda: backend.sensor.working, "mended")
    await backend.sensor.stop()
    assert backend.calls.count("lost") == 1


async def test_the_pauses_grow_to_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float] = []
    sleep = asyncio.sleep

    async def pause(seconds: float) -> None:
        paused.append(seconds)
        if len(paused) == 7:
            backend.problem = None
        await sleep(0)

    backend = Backend()
    backend.problem = KeyError("a text of a person")
    monkeypatch.setattr("asyncio.sleep", pause)
    await backend.sensor.start()
    (retry,) = [task for task in asyncio.all_tasks() if task.get_name() == "retry things"]
    await retry
    assert paused == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert backend.sensor.working
    await backend.sensor.stop()


async def test_nothing_is_tried_after_stop() -> None:
    backend = Backend()
    backend.problem = BackendUnavailable("p", "away", "wait")
    await backend.sensor.start()
    await backend.sensor.stop()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "retry things"]
