"""Sensing that looks after itself, with fakes at every port."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from lamplighter_agent.backends.ports import KeyKind, TextLost
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.observation import UnseenReason
from lamplighter_agent.sensing.watchful import TELL_LOOKS, WatchfulSensing

from tests.agent.sensing.test_desktop import GONE, Desk
from tests.support.waiting import until

QUICK = 0.002


class Keyboard:
    """A keyboard that is in use, on a device that a test sends to sleep."""

    def __init__(self) -> None:
        self.idle: int | None = 10
        self.slept = 0.0
        self.asked = 0
        self.closed = 0
        self.broken = False

    def keyboard_idle_ms(self) -> int | None:
        self.asked += 1
        if self.broken:
            raise RuntimeError("zebra lantern")
        return self.idle

    def slept_seconds(self) -> float:
        return self.slept

    def close(self) -> None:
        self.closed += 1


@contextlib.asynccontextmanager
async def watched(desk: Desk, keyboard: Keyboard) -> AsyncIterator[WatchfulSensing]:
    assert desk.sensing is not None
    sensing = WatchfulSensing(
        desk.sensing,
        keyboard,
        clock=SystemClock(),
        unseen=desk.count,
        look_seconds=QUICK,
        changed=desk.change,
    )
    await sensing.start()
    try:
        yield sensing
    finally:
        await sensing.stop()


async def test_typing_that_nothing_tells_of_is_recorded_once() -> None:
    desk, keyboard = Desk(), Keyboard()
    async with watched(desk, keyboard):
        await until(lambda: desk.unseen)
        asked = keyboard.asked
        await until(lambda: keyboard.asked > asked + 30)
    assert desk.unseen == [(UnseenReason.SENSOR_SILENT, 1)]
    assert keyboard.closed == 1


async def test_keys_that_come_are_no_silence_whatever_window_they_go_to() -> None:
    desk, keyboard = Desk(), Keyboard()
    async with watched(desk, keyboard):
        while keyboard.asked < 40:
            desk.keys.press(KeyKind.TEXT, "a")
            await asyncio.sleep(0)
    assert desk.unseen == []


@pytest.mark.fault
async def test_a_source_that_says_it_is_broken_is_not_called_silent() -> None:
    desk, keyboard = Desk(), Keyboard()
    desk.keys.unavailable = GONE
    async with watched(desk, keyboard):
        keyboard.slept = 60.0
        await until(lambda: keyboard.closed)
    assert keyboard.asked == 0
    assert desk.unseen == []


@pytest.mark.fault
async def test_when_nobody_looks_any_more_that_is_counted() -> None:
    desk, keyboard = Desk(), Keyboard()
    keyboard.broken = True
    async with watched(desk, keyboard):
        await until(lambda: desk.unseen)
    assert (desk.unseen, keyboard.asked) == ([(UnseenReason.SENSOR_FAILED, 1)], 1)


async def test_after_a_suspend_every_sensor_begins_anew() -> None:
    desk, keyboard = Desk(), Keyboard()
    keyboard.idle = None
    async with watched(desk, keyboard) as sensing:
        assert desk.keys.starts == 1
        keyboard.slept = 0.5
        asked = keyboard.asked
        await until(lambda: keyboard.asked > asked + 2)
        assert desk.keys.starts == 1
        keyboard.slept = 60.0
        await until(lambda: desk.keys.starts == 2)
        asked = keyboard.asked
        await until(lambda: keyboard.asked > asked + 2)
        assert desk.keys.starts == 2
        assert all(state.working for state in sensing.states())


async def test_what_was_counted_is_told_now_and_then_and_only_then() -> None:
    desk, keyboard = Desk(), Keyboard()
    keyboard.idle = None
    async with watched(desk, keyboard):
        told = desk.changes
        await until(lambda: keyboard.asked > 2 * TELL_LOOKS)
        assert desk.changes == told
        desk.fields.tell(TextLost(count=1))
        await until(lambda: desk.changes > told)
        asked = keyboard.asked
        await until(lambda: keyboard.asked > asked + 2 * TELL_LOOKS)
        assert desk.changes == told + 1
