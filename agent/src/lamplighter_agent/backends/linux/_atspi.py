"""What the parts that speak over D-Bus have in common: one call, what it may fail with, and names."""

import asyncio
import contextlib
from typing import Any, Final

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusError, DBusFastError

DBUS: Final = "org.freedesktop.DBus"
DBUS_OBJECT: Final = (DBUS, "/org/freedesktop/DBus", DBUS)
ACCESSIBLE: Final = "org.a11y.atspi.Accessible"
REGISTRY: Final = "org.a11y.atspi.Registry"
ROOT: Final = "/org/a11y/atspi/accessible/root"
STATUS: Final = ("org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties")
REMEDY: Final = "install at-spi2-core and dbus-user-session, then start the session again"
START_S: Final = 10.0
# What a bus that is broken, or a program that answers nonsense, raises here.
BROKEN: Final = (DBusFastError, OSError, EOFError, ValueError, TypeError, LookupError, TimeoutError)


async def call(
    bus: MessageBus,
    target: tuple[str, str, str],
    member: str,
    signature: str = "",
    body: list[Any] | None = None,
    *,
    seconds: float = START_S,
) -> list[Any]:
    """Call a method of (destination, path, interface); return its answer, or raise one of BROKEN.

    An answer that is an error is a DBusError, whose `type` is its name.
    """
    destination, path, interface = target
    message = Message(
        destination=destination,
        path=path,
        interface=interface,
        member=member,
        signature=signature,
        body=body or [],
    )
    reply = await asyncio.wait_for(bus.call(message), seconds)
    if reply is None or reply.message_type is MessageType.ERROR:
        raise DBusError(
            reply.error_name if reply and reply.error_name else "org.freedesktop.DBus.Error.Failed", ""
        )
    return list(reply.body)


async def address_of_accessibility_bus(session: MessageBus) -> str:
    """Ask the session bus where the accessibility bus is; it is started by that."""
    (found,) = await call(session, ("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus"), "GetAddress")
    return str(found)


async def is_enabled(session: MessageBus) -> bool:
    """Say whether programs are asked to tell on the accessibility bus."""
    (value,) = await call(session, STATUS, "Get", "ss", ["org.a11y.Status", "IsEnabled"])
    return bool(value.value)


async def set_enabled(session: MessageBus, *, enabled: bool, seconds: float = START_S) -> None:
    """Ask programs to tell, or no longer."""
    body = ["org.a11y.Status", "IsEnabled", Variant("b", enabled)]
    await call(session, STATUS, "Set", "ssv", body, seconds=seconds)


async def end_of(bus: Any) -> None:
    """Return when a connection has ended, by whichever way."""
    with contextlib.suppress(*BROKEN):
        await bus.wait_for_disconnect()
