"""The writer over a real store, or over one whose commits the test holds back."""

import asyncio
import threading
from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.devices.register import State, end
from lamplighter_collector.errors import DeviceRevoked, NotStorable, StoreUnavailable
from lamplighter_collector.ingest.arrival import Arrival
from lamplighter_collector.ingest.models import detections
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.ingest.writer import LARGEST_GROUP, Fate, Writer
from sqlalchemy import Engine

from tests.collector.items import LAPTOP, arrival
from tests.collector.stores import register, rows
from tests.collector.writing import running

POISONED = "poison"


class GatedStore:
    """Remembers its groups; commits only while the gate is open; refuses items of the poisoned term."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.entered = threading.Event()
        self.groups: list[int] = []
        self.stored: list[Arrival] = []
        self.trouble: Exception | None = None

    def accept(self, arrivals: Sequence[Arrival], senders: Collection[DeviceName]) -> list[bool]:
        self.entered.set()
        assert self.gate.wait(timeout=10)
        self.groups.append(len(arrivals))
        if self.trouble is not None:
            raise self.trouble
        if any(POISONED in item.row for item in arrivals):
            raise NotStorable("constraint")
        self.stored.extend(arrivals)
        return [True] * len(arrivals)


class HeldStore(SqlStore):
    """A real store in which the laptop is revoked after the first group, which a test holds back."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.engine = engine
        self.gate = threading.Event()
        self.entered = threading.Event()

    def accept(self, arrivals: Sequence[Arrival], senders: Collection[DeviceName] = ()) -> list[bool]:
        held = not self.entered.is_set()
        self.entered.set()
        assert self.gate.wait(timeout=10)
        new = super().accept(arrivals, senders)
        if held:
            with self.engine.begin() as connection:
                end(connection, LAPTOP.organisation, LAPTOP.device, State.REVOKED, "stolen", 1)
        return new


async def test_answers_after_the_commit_and_tells_once_per_group(engine: Engine) -> None:
    told: list[int] = []
    register(engine, LAPTOP)
    async with running(SqlStore(engine), lambda: told.append(1)) as writer:
        item = arrival()
        assert await writer.submit([item, item], LAPTOP) == [Fate.NEW, Fate.KNOWN]
        assert len(rows(engine, detections)) == 1
        assert told == [1]


async def test_what_queued_during_a_commit_is_the_next_group() -> None:
    store = GatedStore()
    async with running(store) as writer:
        first = writer.submit([arrival()], LAPTOP)
        await asyncio.get_running_loop().run_in_executor(None, store.entered.wait, 10)
        rest = [writer.submit([arrival(), arrival()], LAPTOP) for _ in range(5)]
        assert not first.done()
        store.gate.set()
        await asyncio.gather(first, *rest)
    assert store.groups == [1, 10]


async def test_a_group_is_bounded() -> None:
    store = GatedStore()
    one = arrival()
    async with running(store) as writer:
        first = writer.submit([one], LAPTOP)
        await asyncio.get_running_loop().run_in_executor(None, store.entered.wait, 10)
        rest = [writer.submit([one] * 1000, LAPTOP) for _ in range(5)]
        store.gate.set()
        await asyncio.gather(first, *rest)
    assert max(store.groups) <= LARGEST_GROUP
    assert sum(store.groups) == 5001


@pytest.mark.parametrize("place", [0, 3, 6])
async def test_a_poison_item_is_refused_alone(place: int) -> None:
    store = GatedStore()
    store.gate.set()
    items = [arrival(term=POISONED if number == place else "sh-0012") for number in range(7)]
    async with running(store) as writer:
        fates = await writer.submit(items, LAPTOP)
    assert [number for number, fate in enumerate(fates) if fate is Fate.NOT_STORABLE] == [place]
    assert len(store.stored) == 6


async def test_trouble_fails_the_group_and_the_next_one_recovers() -> None:
    store = GatedStore()
    store.gate.set()
    async with running(store) as writer:
        store.trouble = StoreUnavailable("SQLITE_FULL")
        with pytest.raises(StoreUnavailable):
            await writer.submit([arrival()], LAPTOP)
        store.trouble = None
        assert await writer.submit([arrival()], LAPTOP) == [Fate.NEW]


async def test_an_unforeseen_error_is_unavailable_and_the_thread_lives() -> None:
    store = GatedStore()
    store.gate.set()
    async with running(store) as writer:
        store.trouble = RuntimeError("zebra lantern")
        with pytest.raises(StoreUnavailable) as failure:
            await writer.submit([arrival()], LAPTOP)
        assert "zebra" not in str(failure.value)
        store.trouble = None
        assert await writer.submit([arrival()], LAPTOP) == [Fate.NEW]


async def test_stop_finishes_what_is_queued_and_refuses_what_comes() -> None:
    store = GatedStore()
    writer = Writer(store, loop=asyncio.get_running_loop(), committed=lambda: None)
    writer.start()
    queued = [writer.submit([arrival()], LAPTOP) for _ in range(3)]
    store.gate.set()
    await writer.stop()
    assert await asyncio.gather(*queued) == [[Fate.NEW]] * 3
    with pytest.raises(StoreUnavailable):
        await writer.submit([arrival()], LAPTOP)


async def test_a_stream_that_left_does_not_stop_the_commit() -> None:
    store = GatedStore()
    async with running(store) as writer:
        gone = writer.submit([arrival()], LAPTOP)
        gone.cancel()
        store.gate.set()
        assert await writer.submit([arrival()], LAPTOP) == [Fate.NEW]
    assert len(store.stored) == 2


async def test_errands_run_on_the_thread_and_hand_back_their_error() -> None:
    store = GatedStore()
    store.gate.set()
    async with running(store) as writer:
        assert await writer.run(lambda: threading.current_thread().name) == "collector-writer"
        with pytest.raises(ZeroDivisionError):
            await writer.run(lambda: 1 // 0)
        assert await writer.submit([arrival()], LAPTOP) == [Fate.NEW]


async def test_of_a_group_only_those_who_are_served_are_stored(engine: Engine) -> None:
    other = replace(LAPTOP, device="lap-18")
    register(engine, LAPTOP, other)
    store = HeldStore(engine)
    async with running(store) as writer:
        first = writer.submit([arrival()], LAPTOP)
        await asyncio.get_running_loop().run_in_executor(None, store.entered.wait, 10)
        mine = [writer.submit([arrival(), arrival()], LAPTOP) for _ in range(2)]
        others = [writer.submit([arrival(origin=other)], other) for _ in range(2)]
        store.gate.set()
        assert await first == [Fate.NEW]
        assert await asyncio.gather(*others) == [[Fate.NEW]] * 2
        for batch in mine:
            with pytest.raises(DeviceRevoked):
                await batch
        assert writer.trouble == ""
    stored = [device for (device,) in rows(engine, detections, "device")]
    assert sorted(stored) == ["lap-17", "lap-18", "lap-18"]
