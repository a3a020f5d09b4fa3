"""A program on a real message bus that says what GNOME Shell says, as 43.9 was seen to."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from lamplighter_agent.backends.linux._dbus import PROPERTIES, end_of
from lamplighter_agent.backends.linux._gnome_shell import LOCK, LOCK_PATH, NAME, SHELL


class PretendedShell:
    """A shell of this process: it opens its overview and locks the screen when the test wants it."""

    def __init__(self, bus: MessageBus, *, lockable: bool = True) -> None:
        self.bus = bus
        self.overview = self.locked = False
        self.lockable = lockable
        # Whether it answers when it is asked for anything.
        self.answers = True
        # What it answers where it should say whether its overview is there.
        self.says: Any = None
        bus.add_message_handler(self._on_message)

    async def show_overview(self, *, shown: bool) -> None:
        self.overview = shown
        body = [NAME, {"OverviewActive": Variant("b", shown)}, []]
        await self.tell(SHELL, PROPERTIES, "PropertiesChanged", "sa{sv}as", body)

    async def lock(self, *, locked: bool) -> None:
        self.locked = locked
        await self.tell(LOCK_PATH, LOCK, "ActiveChanged", "b", [locked])

    async def tell(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        """Send a signal to everybody."""
        signal = Message(
            message_type=MessageType.SIGNAL,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=body,
        )
        await self.bus.send(signal)

    async def leave(self) -> None:
        """End as a crash would."""
        if self.bus.connected:
            self.bus.disconnect()
        await end_of(self.bus)

    def _on_message(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        if not self.answers:
            return True
        if message.path == SHELL and message.member == "Get":
            value = Variant("b", self.overview) if self.says is None else self.says
            return Message.new_method_return(message, "v", [value])
        if message.path == LOCK_PATH and message.member == "GetActive" and self.lockable:
            return Message.new_method_return(message, "b", [self.locked])
        return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "no such thing")


@contextlib.asynccontextmanager
async def pretended_shell(address: str, *, lockable: bool = True) -> AsyncIterator[PretendedShell]:
    """Have one on a message bus."""
    shell = PretendedShell(await MessageBus(bus_address=address).connect(), lockable=lockable)
    await shell.bus.request_name(NAME)
    try:
        yield shell
    finally:
        await shell.leave()
