"""The accessibility bus, as the session bus tells of it."""

from lamplighter_agent.backends.linux._atspi import address_of_accessibility_bus
from lamplighter_agent.backends.linux._dbus import connected

from installers.quickstart.virtual_desktop.desktop import Desktop


async def test_the_accessibility_bus_is_found(desktop: Desktop) -> None:
    async with connected(desktop.environment["DBUS_SESSION_BUS_ADDRESS"]) as session:
        assert await address_of_accessibility_bus(session) == desktop.accessibility_bus
