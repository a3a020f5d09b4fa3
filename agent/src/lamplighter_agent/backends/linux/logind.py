"""Who is signed in where, from logind (or elogind) over the system bus by dbus-fast. All runs on the loop.

Signals only wake us: what counts is what logind answers when it is asked afterwards, so a signal that is
forged, doubled or late changes nothing. Who answers must be root, or ourselves where the service is an
ordinary user: no other program may take the name.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusError

from lamplighter_agent.backends.linux._dbus import (
    BROKEN,
    DBUS_OBJECT,
    PROPERTIES,
    Target,
    call,
    end_of,
    rule_of_owner,
)
from lamplighter_agent.backends.linux.session_environment import environment_of
from lamplighter_agent.backends.logins import LoginSession
from lamplighter_agent.errors import BackendUnavailable

ANSWER_SECONDS: Final = 5.0
_NAME: Final = "org.freedesktop.login1"
MANAGER: Final[Target] = (_NAME, "/org/freedesktop/login1", f"{_NAME}.Manager")
_RULES: Final = (
    f"type='signal',sender='{_NAME}',interface='{_NAME}.Manager'",
    f"type='signal',sender='{_NAME}',interface='{PROPERTIES}',path_namespace='/org/freedesktop/login1'",
    rule_of_owner(_NAME),
)
_GONE: Final = frozenset({f"{_NAME}.NoSuchSession", "org.freedesktop.DBus.Error.UnknownObject"})
_TRUSTED: Final = frozenset({0, os.getuid()})


class Logind:
    """Fulfils `LoginManager`. `address` is that of the system bus where it is not the usual one."""

    name = "logind"

    def __init__(self, address: str | None = None) -> None:
        self._address = address
        self._bus: MessageBus | None = None
        self._changed: Callable[[], None] = _nothing
        # Ends with the connection and must not be cancelled.
        self._watch: asyncio.Task[None] | None = None

    async def connect(self, changed: Callable[[], None]) -> None:
        try:
            bus = self._bus = MessageBus(self._address, bus_type=BusType.SYSTEM)
            async with asyncio.timeout(ANSWER_SECONDS):
                await bus.connect()
        except BROKEN as error:
            self.close()
            raise _unavailable("there is no system bus") from error
        self._changed = changed
        self._watch = asyncio.create_task(self._until_end(bus), name="system bus")
        bus.add_message_handler(self._on_message)
        try:
            for rule in _RULES:
                await self._call(DBUS_OBJECT, "AddMatch", "s", [rule])
            # Starts it where the bus may start it; refused where it runs by itself.
            with contextlib.suppress(_Refused):
                await self._call(DBUS_OBJECT, "StartServiceByName", "su", [_NAME, 0])
            (uid,) = await self._call(DBUS_OBJECT, "GetConnectionUnixUser", "s", [_NAME])
        except _Refused as error:
            self.close()
            raise _unavailable("there is no logind on the system bus") from error
        except BackendUnavailable:
            self.close()
            raise
        if uid not in _TRUSTED:
            self.close()
            raise _unavailable("who answers for logind is not root")

    async def sessions(self) -> Sequence[LoginSession]:
        try:
            (listed,) = await self._call(MANAGER, "ListSessions")
            found = [await self._session(entry[4]) for entry in listed]
        except _Refused as error:
            raise _unavailable("logind refuses to tell sessions") from error
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise _unavailable("what logind tells is not understood") from error
        return [session for session in found if session is not None]

    def environment(self, session: LoginSession) -> Mapping[str, str]:
        return environment_of(session)

    def close(self) -> None:
        self._changed = _nothing
        bus, self._bus = self._bus, None
        if bus is not None:
            with contextlib.suppress(*BROKEN):
                bus.disconnect()

    async def _session(self, path: str) -> LoginSession | None:
        """Return one session; None where it ended meanwhile."""
        try:
            told = await self._properties(path, "Session")
            user = await self._properties(str(told["User"][1]), "User")
        except _Refused as error:
            if error.name in _GONE:
                return None
            raise
        return LoginSession(
            id=str(told["Id"]),
            uid=int(told["User"][0]),
            kind=str(told["Type"]),
            group=str(told["Class"]),
            seat=str(told["Seat"][0]),
            display=str(told["Display"]),
            leader=int(told["Leader"]),
            runtime=str(user["RuntimePath"]),
            remote=bool(told["Remote"]),
            active=bool(told["Active"]),
            # Older ones don't tell it: then whoever locks the screen covers it, and nothing more is known.
            locked=bool(told.get("LockedHint", False)),
            closing=told["State"] == "closing",
        )

    async def _properties(self, path: str, interface: str) -> dict[str, Any]:
        target = (_NAME, path, PROPERTIES)
        (told,) = await self._call(target, "GetAll", "s", [f"{_NAME}.{interface}"])
        return {name: variant.value for name, variant in told.items()}

    async def _call(
        self, target: Target, member: str, signature: str = "", body: list[Any] | None = None
    ) -> list[Any]:
        if self._bus is None:
            raise _unavailable("the system bus has gone")
        try:
            return await call(self._bus, target, member, signature, body, seconds=ANSWER_SECONDS)
        except TimeoutError as error:
            raise _unavailable("logind does not answer") from error
        except DBusError as error:
            raise _Refused(error.type) from error
        except BROKEN as error:
            raise _unavailable("the system bus has gone") from error

    def _on_message(self, message: Message) -> bool:
        if message.message_type is MessageType.SIGNAL:
            self._changed()
        return False

    async def _until_end(self, bus: Any) -> None:
        await end_of(bus)
        if self._bus is bus:
            self._bus = None
            self._changed()


class _Refused(Exception):
    """A call was answered by an error."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _unavailable(reason: str) -> BackendUnavailable:
    return BackendUnavailable("LoginManager", reason, "install systemd-logind or elogind, or set [desktop]")


def _nothing() -> None:
    """Nobody is to be told."""
