"""Ends a person's graphical sessions by logind, for somebody who declined the notice.

By D-Bus as `org.freedesktop.login1` documents it: ListSessions, then TerminateSession for those of the user
that have a seat. A remote login of the same user is left alone.
"""

import asyncio

from dbus_fast import BusType
from dbus_fast.aio import MessageBus

from lamplighter_agent.backends.linux._dbus import BROKEN, call
from lamplighter_agent.backends.linux.logind import MANAGER

ANSWER_SECONDS = 5.0


async def end_sessions(uid: int) -> bool:
    """Say whether a session of this user was ended; False where there is no logind or none of theirs."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
            try:
                return await _end(bus, uid)
            finally:
                bus.disconnect()
    except BROKEN:
        return False


async def _end(bus: MessageBus, uid: int) -> bool:
    (sessions,) = await call(bus, MANAGER, "ListSessions")
    # Each is (id, uid, name, seat, path).
    theirs = [str(one[0]) for one in sessions if one[1] == uid and one[3]]
    for name in theirs:
        await call(bus, MANAGER, "TerminateSession", "s", [name])
    return bool(theirs)
