"""What the parts that speak over the accessibility bus (AT-SPI) have in common: names, how it is found."""

from typing import Final

from dbus_fast import Variant
from dbus_fast.aio import MessageBus

from lamplighter_agent.backends.linux._dbus import ANSWER_S, PROPERTIES, Target, call

ACCESSIBLE: Final = "org.a11y.atspi.Accessible"
REGISTRY: Final = "org.a11y.atspi.Registry"
REGISTRY_OBJECT: Final[Target] = (REGISTRY, "/org/a11y/atspi/registry", REGISTRY)
ROOT: Final = "/org/a11y/atspi/accessible/root"
STATUS: Final[Target] = ("org.a11y.Bus", "/org/a11y/bus", PROPERTIES)
REMEDY: Final = "install at-spi2-core and dbus-user-session, then start the session again"
START_S: Final = 10.0


async def address_of_accessibility_bus(session: MessageBus) -> str:
    """Ask the session bus where the accessibility bus is; it is started by that."""
    (found,) = await call(session, ("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus"), "GetAddress")
    return str(found)


async def is_enabled(session: MessageBus) -> bool:
    """Say whether programs are asked to tell on the accessibility bus."""
    (value,) = await call(session, STATUS, "Get", "ss", ["org.a11y.Status", "IsEnabled"])
    return bool(value.value)


async def set_enabled(session: MessageBus, *, enabled: bool, seconds: float = ANSWER_S) -> None:
    """Ask programs to tell, or no longer."""
    body = ["org.a11y.Status", "IsEnabled", Variant("b", enabled)]
    await call(session, STATUS, "Set", "ssv", body, seconds=seconds)
