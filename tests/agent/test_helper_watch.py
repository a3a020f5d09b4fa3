import asyncio

import pytest
from lamplighter_agent import helper_watch
from lamplighter_agent.backends.ports import ProcessCondition
from lamplighter_agent.helper_watch import (
    HUNG_SECONDS,
    LOOK_SECONDS,
    MOST_STARTING_SECONDS,
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
        self.said: dict[int, int] = {}
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

    def heard(self, pid: int) -> int | None:
        return self.said.get(pid, 0) if pid in self.connected else None

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
        assert pings.look([7, 8], now, 0.0) == []
        assert pings.wait(now) == LOOK_SECONDS
        now += LOOK_SECONDS
    assert helpers.pinged == [7, 8] * 20


def seconds_until_ended(pings: Pings, pid: int, began: float, *, up: float = 1e9) -> float:
    """Look as the service does and return after how long a helper is told, or the moment `up`."""
    now = began
    while now - began < up:
        if pings.look([pid], now, 0.0):
            return now - began
        now += pings.wait(now)
    return up


def test_one_that_still_starts_may_take_longer() -> None:
    helpers = Helpers(7)
    helpers.working.clear()
    helpers.hanging.add(7)
    assert seconds_until_ended(Pings(helpers), 7, 0.0) == STARTING_SECONDS


def test_a_slow_computer_s_helper_comes_up_since_each_start_may_take_twice_as_long() -> None:
    """It needs 60 s until it connects, as one did on an emulated computer; a fixed patience never let it."""
    helpers, now, starts = Helpers(), 0.0, []
    pings = Pings(helpers)
    for pid in range(1, 6):
        starts.append(seconds_until_ended(pings, pid, now, up=60.0))
        now += starts[-1] + 1.0
        if starts[-1] == 60.0:
            break
    assert starts == [STARTING_SECONDS, 2 * STARTING_SECONDS, 60.0]


def test_patience_has_an_end_and_goes_back_once_one_came_up() -> None:
    helpers, now = Helpers(), 0.0
    pings, starts = Pings(helpers), []
    for pid in range(1, 7):
        starts.append(seconds_until_ended(pings, pid, now))
        now += starts[-1] + 1.0
    assert starts == [20.0, 40.0, 80.0, 160.0, 160.0, 160.0]
    assert starts[-1] == MOST_STARTING_SECONDS
    helpers.connected.add(7)
    assert pings.look([7], now, 0.0) == []
    helpers.working.add(7)
    assert pings.look([7], now + LOOK_SECONDS, 0.0) == []
    # At once with the promise for one at work, and the next start is one as ever.
    helpers.hanging.add(7)
    assert seconds_until_ended(pings, 7, now + 2 * LOOK_SECONDS) <= LOOK_SECONDS + HUNG_SECONDS
    assert seconds_until_ended(pings, 8, now + 100.0) == STARTING_SECONDS


def test_one_that_has_long_been_at_work_takes_no_patience_from_a_start_beside_it() -> None:
    helpers, now = Helpers(7), 0.0
    pings = Pings(helpers)
    while not (told := pings.look([7, 8], now, 0.0)):
        now += pings.wait(now)
    assert (told, now) == ([8], STARTING_SECONDS)
    began = now
    while not pings.look([7, 9], now, 0.0):
        now += pings.wait(now)
    assert now - began == 2 * STARTING_SECONDS


def test_one_that_starts_and_goes_on_is_not_ended() -> None:
    """To connect and to say something are signs of life; it reads nothing all the while."""
    helpers, now = Helpers(), 0.0
    pings = Pings(helpers)
    assert seconds_until_ended(pings, 7, now, up=18.0) == 18.0
    helpers.connected.add(7)
    helpers.hanging.add(7)
    now = 18.0
    for said in range(1, 10):
        assert seconds_until_ended(pings, 7, now, up=18.0) == 18.0
        now += 18.0
        helpers.said[7] = said
    assert seconds_until_ended(pings, 7, now) == STARTING_SECONDS


def test_one_at_work_that_speaks_and_does_not_read_hangs() -> None:
    helpers, now = Helpers(7), 0.0
    helpers.hanging.add(7)
    pings = Pings(helpers)
    while not pings.look([7], now, 0.0):
        helpers.said[7] = helpers.said.get(7, 0) + 1
        now += pings.wait(now)
    assert now == HUNG_SECONDS


async def test_one_that_never_connects_is_no_hanging_one_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helper_watch, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(helper_watch, "STARTING_SECONDS", 0.03)
    running, told = {5}, list[tuple[int, Reason]]()

    def tampered(pid: int, reason: Reason) -> None:
        told.append((pid, reason))
        running.discard(pid)

    watching = asyncio.create_task(
        watch_helpers(lambda: running, lambda _pid: ProcessCondition.FINE, tampered, Helpers())
    )
    await until(lambda: bool(told))
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert told == [(5, pb.LossNotice.REASON_SENSOR_FAILED)]


def test_a_busy_machine_is_no_hanging_helper() -> None:
    helpers, now = Helpers(7), 0.0
    helpers.hanging.add(7)
    pings = Pings(helpers)
    for _ in range(20):
        assert pings.look([7], now, 3.0) == []
        now += 5.0
    assert pings.look([7], now + HUNG_SECONDS, 0.0) == [7]
