"""A program on a real message bus that answers what KWin answers, as 5.27.5 was seen to."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from lamplighter_agent.backends.linux._dbus import end_of
from lamplighter_agent.backends.linux._kwin import EFFECTS_PATH, LOCK_PATH, NAME


class PretendedKWin:
    """A compositor of this process, with the effects that the test wants."""

    def __init__(self, bus: MessageBus) -> None:
        self.bus = bus
        # What it answers for its effects; a list of names where it is not deranged.
        self.effects: Any = Variant("as", [])
        self.locked: Any = False
        # Whether it answers when it is asked for anything.
        self.answers = True
        bus.add_message_handler(self._on_message)

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
        if message.path == EFFECTS_PATH and message.member == "Get":
            return Message.new_method_return(message, "v", [self.effects])
        if message.path == LOCK_PATH and message.member == "GetActive" and self.locked is not None:
            return Message.new_method_return(message, "b", [self.locked])
        return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "no such thing")


@contextlib.asynccontextmanager
async def pretended_kwin(address: str) -> AsyncIterator[PretendedKWin]:
    """Have one on a message bus."""
    kwin = PretendedKWin(await MessageBus(bus_address=address).connect())
    await kwin.bus.request_name(NAME)
    try:
        yield kwin
    finally:
        await kwin.leave()
