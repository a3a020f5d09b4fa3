"""What the parts that speak over D-Bus have in common: one call, and what it may fail with."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Final, TypeVar

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusError, DBusFastError

Answer = TypeVar("Answer")
# Destination, path and interface of what is called.
Target = tuple[str, str, str]

DBUS: Final = "org.freedesktop.DBus"
DBUS_OBJECT: Final[Target] = (DBUS, "/org/freedesktop/DBus", DBUS)
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
ANSWER_S: Final = 10.0
# What a bus that is broken, or a program that answers nonsense, raises here.
BROKEN: Final = (DBusFastError, OSError, EOFError, ValueError, TypeError, LookupError, TimeoutError)


def message_of(
    target: Target, member: str, signature: str = "", body: list[Any] | None = None, *, serial: int = 0
) -> Message:
    """Return the call of a method; a MessageBus numbers one without `serial` itself."""
    destination, path, interface = target
    return Message(
        destination=destination,
        path=path,
        interface=interface,
        member=member,
        signature=signature,
        body=body or [],
        serial=serial,
    )


async def call(
    bus: MessageBus,
    target: Target,
    member: str,
    signature: str = "",
    body: list[Any] | None = None,
    *,
    seconds: float = ANSWER_S,
) -> list[Any]:
    """Call a method; return its answer, or raise one of BROKEN.

    An answer that is an error is a DBusError, whose `type` is its name.
    """
    reply = await within(seconds, bus.call(message_of(target, member, signature, body)))
    if reply is None or reply.message_type is MessageType.ERROR:
        raise DBusError(
            reply.error_name if reply and reply.error_name else "org.freedesktop.DBus.Error.Failed", ""
        )
    return list(reply.body)


async def within(seconds: float, work: Coroutine[Any, Any, Answer]) -> Answer:
    """Do it in this time or raise TimeoutError, also for a task that cleans up since it is cancelled.

    In Python 3.11 `wait_for` loses a cancellation that meets an answer, and `timeout` of Debian 12 takes its
    own time-out for a cancellation that is under way.
    """
    working = asyncio.ensure_future(work)
    try:
        await asyncio.wait({working}, timeout=seconds)
        if not working.done():
            raise TimeoutError
        return working.result()
    finally:
        if not working.done():
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


def rule_of_owner(name: str) -> str:
    """Return the match rule for news of who has a name on the bus."""
    return f"type='signal',sender='{DBUS}',member='NameOwnerChanged',arg0='{name}'"


@contextlib.asynccontextmanager
async def connected(address: str) -> AsyncIterator[MessageBus]:
    """Connect for a while."""
    bus = await MessageBus(bus_address=address).connect()
    try:
        yield bus
    finally:
        bus.disconnect()
        await end_of(bus)


async def end_of(bus: Any) -> None:
    """Return when a connection has ended, by whichever way."""
    with contextlib.suppress(*BROKEN):
        await bus.wait_for_disconnect()
