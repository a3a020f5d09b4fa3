"""A program on a real accessibility bus that says it is made with Chromium, and has a page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from lamplighter_agent.backends.linux._atspi import ROOT
from lamplighter_agent.backends.linux.atspi_pages import DOCUMENT_WEB

from installers.quickstart.virtual_desktop.desktop import Desktop

FRAME, PANEL, SECTION = 23, 39, 85


class PretendedProgram:
    """A program of this process on the accessibility bus; its pages sleep until an attribute is asked for."""

    def __init__(self, bus: MessageBus) -> None:
        self.bus = bus
        self.toolkit = "Chromium"
        self.awake = False
        self.wakes = True
        # What an object answers for its children; "" stands for an error.
        self.below: dict[str, Any] = {ROOT: ["/frame"], "/frame": ["/page"], "/page": ["/field"]}
        self.asked: list[tuple[str, str]] = []
        bus.add_message_handler(self._on_message)

    def _on_message(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL or message.path is None:
            return None
        path, member = message.path, str(message.member)
        self.asked.append((path, member))
        if member == "Get":
            return Message.new_method_return(message, "v", [Variant("s", self.toolkit)])
        if member == "GetAttributes":
            self.awake = self.awake or self.wakes
            return Message.new_method_return(message, "a{ss}", [{}])
        if path in ("/page", "/field") and not self.awake:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "")
        if member == "GetRole":
            roles = {"/frame": FRAME, "/page": DOCUMENT_WEB, "/field": SECTION}
            return Message.new_method_return(message, "u", [roles.get(path, PANEL)])
        return self._children(message, path)

    def _children(self, message: Message, path: str) -> Message:
        below = self.below.get(path, [])
        if isinstance(below, str):
            return Message.new_method_return(message, "s", [below])
        return Message.new_method_return(message, "a(so)", [[[self.bus.unique_name, one] for one in below]])

    def walks(self) -> int:
        return sum(asked == (ROOT, "GetChildren") for asked in self.asked)


@asynccontextmanager
async def pretended_program(desktop: Desktop) -> AsyncIterator[PretendedProgram]:
    """Let one join the bus of a desktop; it is of this very process."""
    bus = await MessageBus(bus_address=desktop.accessibility_bus).connect()
    try:
        yield PretendedProgram(bus)
    finally:
        ended: Any = bus.wait_for_disconnect
        bus.disconnect()
        await ended()
