"""A program on a real accessibility bus with windows that say what real ones say, when the test wants it."""

import asyncio
import itertools
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from lamplighter_agent.backends.linux._atspi import REGISTRY, ROOT

from installers.quickstart.virtual_desktop.desktop import Desktop

EVENTS = "org.a11y.atspi.Event.Window"
OBJECTS = "org.a11y.atspi.Event.Object"
ACTIVE = 1 << 1
T = TypeVar("T")


class PretendedWindows:
    """A program of this process, meant for a loop of its own: what it says may be waited for anywhere."""

    def __init__(self, bus: MessageBus, *, name: str = "harbour-app") -> None:
        self.bus = bus
        self.name = name
        self.titles: dict[str, str] = {}
        self.active = ""
        # Whether it answers when it is asked for anything.
        self.answers = True
        self._numbers = itertools.count(1)
        bus.add_message_handler(self._on_message)

    async def embed(self) -> None:
        """Have the registry list it, as every program does at its start."""
        await self._call(
            REGISTRY, ROOT, "org.a11y.atspi.Socket", "Embed", "(so)", [[self.bus.unique_name, ROOT]]
        )

    async def open(self, title: str) -> str:
        """Open a window in front; return its path."""
        path = f"/window/{next(self._numbers)}"
        self.titles[path] = title
        await self.bring(path)
        return path

    async def bring(self, path: str) -> None:
        """Say that the window in front is left, and that this one is in front."""
        if self.active:
            await self.say(self.active, "Deactivate")
        self.active = path
        await self.say(path, "Activate")

    async def retitle(self, path: str, title: str) -> None:
        self.titles[path] = title
        await self._tell(path, OBJECTS, "PropertyChange", ["accessible-name", 0, 0, Variant("s", title), {}])

    async def close(self, path: str) -> None:
        del self.titles[path]
        self.active = ""
        await self.say(path, "Deactivate")

    async def say(self, path: str, member: str) -> None:
        await self._tell(path, EVENTS, member, ["", 0, 0, Variant("s", ""), {}])

    async def _tell(self, path: str, interface: str, member: str, body: list[Any]) -> None:
        signature = "siiva{sv}"
        await self.bus.send(
            Message(
                message_type=MessageType.SIGNAL,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=body,
            )
        )
        # Its answer comes after the bus has passed the signal on.
        await self._call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId")

    async def _call(
        self, to: str, path: str, interface: str, member: str, signature: str = "", body: Any = None
    ) -> None:
        reply = await self.bus.call(
            Message(
                destination=to,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=body or [],
            )
        )
        assert reply is not None
        assert reply.message_type is MessageType.METHOD_RETURN, reply.body

    def _on_message(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL or message.path is None:
            return None
        if not self.answers:
            return True
        path, member = message.path, message.member
        if member == "Get":
            name = self.name if path == ROOT else self.titles.get(path, "")
            return Message.new_method_return(message, "v", [Variant("s", name)])
        if member == "GetChildren":
            below = [[self.bus.unique_name, window] for window in self.titles] if path == ROOT else []
            return Message.new_method_return(message, "a(so)", [below])
        if member == "GetState":
            return Message.new_method_return(message, "au", [[ACTIVE if path == self.active else 0, 0]])
        return Message.new_method_return(message)


class Aside:
    """A loop on a thread of its own, which carries out what it is given while the caller waits."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pretended program")
        self._thread.start()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextmanager
def pretended_windows(desktop: Desktop) -> Iterator[tuple[PretendedWindows, Aside]]:
    """Let one join the accessibility bus of a desktop."""
    aside = Aside()

    async def join() -> PretendedWindows:
        program = PretendedWindows(await MessageBus(bus_address=desktop.accessibility_bus).connect())
        await program.embed()
        return program

    async def leave(program: PretendedWindows) -> None:
        ended: Any = program.bus.wait_for_disconnect
        program.bus.disconnect()
        await ended()

    try:
        program = aside.do(join())
        try:
            yield program, aside
        finally:
            aside.do(leave(program))
    finally:
        aside.close()
