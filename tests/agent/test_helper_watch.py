import asyncio

import pytest
from lamplighter_agent import helper_watch
from lamplighter_agent.backends.ports import ProcessCondition
from lamplighter_agent.helper_watch import (
    HUNG_SECONDS,
    LOOK_SECONDS,
    STARTING_SECONDS,
    Pings,
    watch_helpers,
)
from lamplighter_agent.losses import Reason
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.support.waiting import until


class Helpers:
    """Helpers that read what they get, but for those that hang."""

    def __init__(self, *at_work: int) -> None:
        self.connected = set(at_work)
        self.working = set(at_work)
        self.hanging: set[int] = set()
        self.pinged: list[int] = []
        self._unread: set[int] = set()

    def ping(self, pid: int) -> bool:
        if pid not in self.connected:
            return False
        self.pinged.append(pid)
        if pid in self.hanging:
            self._unread.add(pid)
        return True

    def unread(self, pid: int) -> bool:
        return pid in self._unread

    def at_work(self, pid: int) -> bool:
        return pid in self.working


async def test_each_helper_is_looked_at_and_what_was_done_to_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(helper_watch, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(helper_watch, "HUNG_SECONDS", 0.03)
    conditions = dict.fromkeys((1, 2, 3, 4), ProcessCondition.FINE)
    helpers = Helpers(*conditions)
    told: list[tuple[int, Reason]] = []

    def tampered(pid: int, reason: Reason) -> None:
        told.append((pid, reason))
        del conditions[pid]

    watching = asyncio.create_task(watch_helpers(conditions.keys, conditions.__getitem__, tampered, helpers))
    conditions[2], conditions[3] = ProcessCondition.STOPPED, ProcessCondition.TRACED
    await until(lambda: len(told) == 2)
    helpers.hanging.add(4)
    await until(lambda: len(told) == 3)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert told == [
        (2, pb.LossNotice.REASON_HELPER_STOPPED),
        (3, pb.LossNotice.REASON_HELPER_TRACED),
        (4, pb.LossNotice.REASON_HELPER_HUNG),
    ]
    assert list(conditions) == [1]


def test_one_that_hangs_right_after_a_look_is_noticed_in_less_than_five_seconds() -> None:
    helpers, now = Helpers(7), 100.0
    pings = Pings(helpers)
    assert pings.look([7], now, 0.0) == []
    helpers.hanging.add(7)
    began = now
    while True:
        now += pings.wait(now)
        if pings.look([7], now, 0.0):
            break
    assert now - began == LOOK_SECONDS + HUNG_SECONDS < 5
    # It is told once; its process is about to end.
    assert pings.look([], now, 0.0) == []
    assert pings.wait(now) == LOOK_SECONDS


def test_one_that_reads_is_pinged_at_each_look_and_never_told() -> None:
    helpers, now = Helpers(7, 8), 0.0
    pings = Pings(helpers)
    for _ in range(20):
        assert pings.look([7, 8, 9], now, 0.0) == []
        assert pings.wait(now) == LOOK_SECONDS
        now += LOOK_SECONDS
    assert helpers.pinged == [7, 8] * 20


def test_one_that_still_starts_may_take_longer() -> None:
    helpers, now = Helpers(7), 0.0
    helpers.working.clear()
    helpers.hanging.add(7)
    pings = Pings(helpers)
    pings.look([7], now, 0.0)
    while not pings.look([7], now, 0.0):
        now += pings.wait(now)
    assert now >= STARTING_SECONDS


def test_a_busy_machine_is_no_hanging_helper() -> None:
    helpers, now = Helpers(7), 0.0
    helpers.hanging.add(7)
    pings = Pings(helpers)
    for _ in range(20):
        assert pings.look([7], now, 3.0) == []
        now += 5.0
    assert pings.look([7], now + HUNG_SECONDS, 0.0) == [7]
