"""One call over the accessibility bus: its answer, or an error of a kind that every caller expects."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from dbus_fast.aio import MessageBus
from lamplighter_agent.backends.linux._atspi import (
    BROKEN,
    DBUS_OBJECT,
    address_of_accessibility_bus,
    call,
    end_of,
)

from installers.quickstart.virtual_desktop.desktop import Desktop


@pytest_asyncio.fixture
async def session(desktop: Desktop) -> AsyncIterator[MessageBus]:
    bus = await MessageBus(bus_address=desktop.environment["DBUS_SESSION_BUS_ADDRESS"]).connect()
    yield bus
    bus.disconnect()
    await end_of(bus)


async def test_the_accessibility_bus_is_found(desktop: Desktop, session: MessageBus) -> None:
    assert await address_of_accessibility_bus(session) == desktop.accessibility_bus


@pytest.mark.parametrize(
    "target",
    [("org.example.Nobody", "/nowhere", "org.example.Nothing"), (DBUS_OBJECT[0], "no path", DBUS_OBJECT[2])],
)
async def test_what_cannot_be_asked_is_an_expected_error(
    session: MessageBus, target: tuple[str, str, str]
) -> None:
    with pytest.raises(BROKEN):
        await call(session, target, "Anything")


async def test_the_end_of_a_connection_is_noticed(desktop: Desktop) -> None:
    bus = await MessageBus(bus_address=desktop.environment["DBUS_SESSION_BUS_ADDRESS"]).connect()
    end = asyncio.create_task(end_of(bus))
    bus.disconnect()
    await asyncio.wait_for(end, 10)
