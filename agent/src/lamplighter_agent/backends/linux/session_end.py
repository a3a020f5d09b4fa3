"""Ends a person's graphical sessions by logind, for somebody who declined the notice.

By D-Bus as `org.freedesktop.login1` documents it: ListSessions, then TerminateSession for those of the user
that have a seat. A remote login of the same user is left alone.
"""

import asyncio
from typing import Any, Final

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus

from lamplighter_agent.backends.linux._atspi import BROKEN
from lamplighter_agent.errors import BackendUnavailable

ANSWER_SECONDS = 5.0
_LOGIND: Final = "org.freedesktop.login1"
_FAILURES = (*BROKEN, BackendUnavailable)


async def end_sessions(uid: int) -> bool:
    """Say whether a session of this user was ended; False where there is no logind or none of theirs."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
            try:
                return await _end(bus, uid)
            finally:
                bus.disconnect()
    except _FAILURES:
        return False


async def _end(bus: MessageBus, uid: int) -> bool:
    (sessions,) = await _call(bus, "ListSessions")
    # Each is (id, uid, name, seat, path).
    theirs = [str(one[0]) for one in sessions if one[1] == uid and one[3]]
    for name in theirs:
        await _call(bus, "TerminateSession", "s", [name])
    return bool(theirs)


async def _call(
    bus: MessageBus, member: str, signature: str = "", body: list[Any] | None = None
) -> list[Any]:
    reply = await bus.call(
        Message(
            destination=_LOGIND,
            path="/org/freedesktop/login1",
            interface=f"{_LOGIND}.Manager",
            member=member,
            signature=signature,
            body=body or [],
        )
    )
    if reply is None or reply.message_type is not MessageType.METHOD_RETURN:
        raise BackendUnavailable("logind", f"{member} was refused", "see the journal of systemd-logind")
    return list(reply.body)
