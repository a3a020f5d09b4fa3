"""One call over a bus: its answer, or an error of a kind that every caller expects."""

import asyncio

import pytest
from dbus_fast.aio import MessageBus
from lamplighter_agent.backends.linux._dbus import (
    BROKEN,
    DBUS,
    DBUS_OBJECT,
    Target,
    call,
    connected,
    end_of,
    within,
)

from installers.quickstart.virtual_desktop.desktop import Desktop


@pytest.mark.parametrize(
    "target",
    [("org.example.Nobody", "/nowhere", "org.example.Nothing"), (DBUS, "no path", DBUS)],
)
async def test_what_cannot_be_asked_is_an_expected_error(desktop: Desktop, target: Target) -> None:
    async with connected(desktop.environment["DBUS_SESSION_BUS_ADDRESS"]) as bus:
        with pytest.raises(BROKEN):
            await call(bus, target, "Anything")


async def test_a_cancelled_call_is_cancelled_also_when_its_answer_has_come(desktop: Desktop) -> None:
    async with connected(desktop.environment["DBUS_SESSION_BUS_ADDRESS"]) as bus:
        asking = asyncio.create_task(call(bus, DBUS_OBJECT, "GetId"))
        # It is done one turn after this, and cancelled in the same one: the caller must hear of that.
        bus.add_message_handler(lambda _message: asking.cancel() and False)
        with pytest.raises(asyncio.CancelledError):
            await asking


async def test_silence_is_told_in_time_also_to_who_cleans_up_after_a_cancellation() -> None:
    told: list[str] = []

    async def cleans_up() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            try:
                await within(0.01, asyncio.Event().wait())
            except TimeoutError:
                told.append("silence")

    cleaning = asyncio.create_task(cleans_up())
    await asyncio.sleep(0)
    cleaning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cleaning
    assert told == ["silence"]


async def test_the_end_of_a_connection_is_noticed(desktop: Desktop) -> None:
    bus = await MessageBus(bus_address=desktop.environment["DBUS_SESSION_BUS_ADDRESS"]).connect()
    end = asyncio.create_task(end_of(bus))
    bus.disconnect()
    await asyncio.wait_for(end, 10)
