"""The window in front by the accessibility bus (AT-SPI): for desktops that tell nobody of others' windows.

    org.a11y.Bus ─▶ accessibility bus ─▶ window:activate, window:deactivate ─▶ title, process ─▶ sink

A window counts as in front from the moment its program says so until it says otherwise, ends or another one
says so. Whose it is, is the bus's word about the sender, never the program's. A title is asked of the program
and then told by it; no program is ever waited for, only the bus. What is not on the bus, such as most
terminals of Wayland and games, is not seen: then nothing is in front, and no text counts.
"""

import asyncio
import contextlib
import itertools
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from dbus_fast import Message, MessageType, Variant
from dbus_fast.errors import DBusError

from lamplighter_agent.backends.linux._atspi import (
    ACCESSIBLE,
    REGISTRY,
    REGISTRY_OBJECT,
    REMEDY,
    ROOT,
    START_S,
    address_of_accessibility_bus,
    is_enabled,
    set_enabled,
)
from lamplighter_agent.backends.linux._bus_socket import BusSocket
from lamplighter_agent.backends.linux._dbus import (
    BROKEN,
    DBUS,
    DBUS_OBJECT,
    PROPERTIES,
    Target,
    connected,
    rule_of_owner,
    within,
)
from lamplighter_agent.backends.ports import Failed, FocusCheck, Foreground
from lamplighter_agent.errors import BackendUnavailable

PORT: Final = "ForegroundWindow"
EVENTS: Final = "org.a11y.atspi.Event.Window"
OF_OBJECTS: Final = "org.a11y.atspi.Event.Object"
REGISTERED: Final = (
    "window:activate",
    "window:deactivate",
    "object:property-change:accessible-name",
)
RULES: Final = (
    *(
        f"type='signal',interface='{EVENTS}',member='{name}'"
        # GTK 4 writes them small.
        for name in ("Activate", "Deactivate", "Destroy", "activate", "deactivate", "destroy")
    ),
    rule_of_owner(REGISTRY),
)
ACTIVE: Final = 1 << 1
# How long programs that were there before have to say which window is active, and how many are asked.
LOOK_S: Final = 1.0
PROGRAMS, WINDOWS = 256, 64
KNOWN: Final = 256
# A window of GTK 4 is in front before anybody can ask it anything.
AGAIN_S: Final = 0.2
TRIES: Final = 10
# No title is read beyond it.
TITLE_LIMIT: Final = 4096

# What is done with an answer; None stands for an error.
OnAnswer = Callable[[list[Any] | None], None]
# Bus name and object path.
Place = tuple[str, str]


@dataclass(slots=True)
class _Window:
    """What is known of a window that was in front; numbers are ours, and never given twice."""

    number: int
    title: str = field(repr=False, default="")
    program: str = ""


class AtspiForeground:
    """Reports the active window of a session. Fulfils ForegroundWindow; times are this machine's own."""

    name = "AT-SPI, of programs with accessibility"

    def __init__(self, session_bus: str | None) -> None:
        self._address = session_bus
        self._bus: BusSocket | None = None
        self._enabled_by_us = False
        self._numbers = itertools.count(1)
        self._windows: OrderedDict[Place, _Window] = OrderedDict()
        self._place: Place | None = None
        self._current: Foreground | None = None
        # Whether any program has said anything of its windows yet.
        self._heard = False
        self._asked: dict[int, OnAnswer] = {}
        self._sink: Callable[[Foreground | None], None] = lambda _: None
        self._failed: Failed = lambda _: None

    async def start(self, sink: Callable[[Foreground | None], None], failed: Failed) -> None:
        """Report the active window, then each change."""
        self._sink, self._failed = sink, failed
        if not self._address:
            raise BackendUnavailable(PORT, "there is no D-Bus session bus", REMEDY)
        try:
            async with asyncio.timeout(START_S):
                self._bus = BusSocket(await self._find(self._address))
                asyncio.get_running_loop().add_reader(self._bus.descriptor, self._on_readable)
                await self._register(self._bus)
                await self._look_round()
        except BROKEN as error:
            await self.stop()
            raise BackendUnavailable(PORT, "the accessibility bus does not answer", REMEDY) from error
        if self._bus is None:
            raise BackendUnavailable(PORT, "the accessibility bus went away", REMEDY)

    async def stop(self) -> None:
        self._close()
        if self._enabled_by_us and self._address:
            self._enabled_by_us = False
            with contextlib.suppress(*BROKEN):
                await within(LOOK_S, _disable(self._address))

    def check(self) -> FocusCheck:
        """Have the bus answer; what programs told before that has been reported when this returns."""
        if self._bus is not None:
            try:
                self._bus.ask("GetId")
                self._take()
            except (ConnectionError, DBusError):
                self._break()
        window_id = self._current.window_id if self._current is not None else None
        return FocusCheck(window_id=window_id, time_ms=_now_ms())

    async def _find(self, address: str) -> str:
        """Return where the accessibility bus is, and have toolkits tell on it: Qt does so only when asked."""
        async with connected(address) as session:
            found = await address_of_accessibility_bus(session)
            if not await is_enabled(session):
                await set_enabled(session, enabled=True)
                self._enabled_by_us = True
        return found

    async def _register(self, bus: BusSocket) -> None:
        for rule in RULES:
            bus.ask("AddMatch", "s", [rule])
        for event in REGISTERED:
            if await self._answer(REGISTRY_OBJECT, "RegisterEvent", "sass", [event, [], ""]) is None:
                # Before at-spi2-core 2.46 or so there was one argument.
                await self._answer(REGISTRY_OBJECT, "RegisterEvent", "s", [event])

    # --- which window is active ---

    async def _look_round(self) -> None:
        """Find the active window among those that were there before; where several say so, none is it."""
        active: list[Place] = []

        async def ask(program: Place) -> None:
            for window in (await self._children(program))[:WINDOWS]:
                states = await self._answer((*window, ACCESSIBLE), "GetState")
                if states and states[0][0] & ACTIVE:
                    active.append(window)

        # Who has not answered by then is heard of at its next word.
        with contextlib.suppress(TimeoutError, LookupError, TypeError):
            async with asyncio.timeout(LOOK_S):
                programs = await self._children((REGISTRY, ROOT))
                await asyncio.gather(*(ask(program) for program in programs[:PROGRAMS]))
        if len(active) == 1 and not self._heard:
            self._activate(active[0])

    async def _children(self, place: Place) -> list[Place]:
        answer = await self._answer((*place, ACCESSIBLE), "GetChildren")
        found = answer[0] if answer else None
        if not isinstance(found, list):
            return []
        pairs = (one for one in found if isinstance(one, list | tuple) and len(one) > 1)
        return [(str(name), str(path)) for name, path, *_ in pairs]

    def _activate(self, place: Place) -> None:
        if self._bus is None or place == self._place:
            return
        self._leave()
        try:
            (pid,) = self._bus.ask("GetConnectionUnixProcessID", "s", [place[0]])
        except DBusError:
            # It ended meanwhile.
            return
        window = self._windows.get(place) or _Window(next(self._numbers))
        self._windows[place] = window
        self._windows.move_to_end(place)
        if len(self._windows) > KNOWN:
            self._windows.popitem(last=False)
        self._place = place
        for rule in _rules_of(place):
            self._post(DBUS_OBJECT, "AddMatch", "s", [rule], lambda _: None)
        self._tell(
            Foreground(
                window_id=window.number,
                title=window.title,
                pid=int(pid),
                window_class=window.program,
                # Not before our own look: whose the focus was until then nobody can say.
                since_ms=_now_ms(),
            )
        )
        self._ask_names(place, TRIES)

    def _ask_names(self, place: Place, tries: int) -> None:
        """Ask for the names of program and window, and again where it can't be asked yet."""
        if self._bus is None or place != self._place:
            return
        try:
            self._post((place[0], ROOT, PROPERTIES), "Get", "ss", [ACCESSIBLE, "Name"], self._named(place))
            self._post((*place, PROPERTIES), "Get", "ss", [ACCESSIBLE, "Name"], self._titled(place, tries))
        except ConnectionError:
            self._break()

    def _leave(self) -> None:
        """Nothing is in front."""
        place, self._place = self._place, None
        if place is None:
            return
        for rule in _rules_of(place):
            self._post(DBUS_OBJECT, "RemoveMatch", "s", [rule], lambda _: None)
        self._tell(None)

    def _named(self, place: Place) -> OnAnswer:
        def on_answer(body: list[Any] | None) -> None:
            window, name = self._windows.get(place), _text(body)
            if window is not None and name:
                window.program = name

        return on_answer

    def _titled(self, place: Place, tries: int) -> OnAnswer:
        def on_answer(body: list[Any] | None) -> None:
            if body is None and tries > 0 and self._bus is not None:
                asyncio.get_running_loop().call_later(AGAIN_S, self._ask_names, place, tries - 1)
            self._on_title(place, _text(body))

        return on_answer

    def _on_title(self, place: Place, title: str | None) -> None:
        window = self._windows.get(place)
        if window is None or title is None:
            return
        window.title = title
        current = self._current
        if current is None or place != self._place:
            return
        now = replace(current, title=title, window_class=window.program)
        if now != current:
            self._tell(now)

    def _tell(self, foreground: Foreground | None) -> None:
        self._current = foreground
        self._sink(foreground)

    # --- the bus ---

    def _on_readable(self) -> None:
        try:
            self._take()
        except ConnectionError:
            self._break()

    def _take(self) -> None:
        """Handle what has arrived; a question to the bus in between may bring more."""
        while self._bus is not None and (messages := self._bus.taken()):
            for message in messages:
                if message.message_type is MessageType.SIGNAL:
                    self._on_signal(message)
                elif (on_answer := self._asked.pop(message.reply_serial, None)) is not None:
                    right = message.message_type is MessageType.METHOD_RETURN
                    on_answer(list(message.body) if right else None)

    def _on_signal(self, message: Message) -> None:
        sender, path, member = message.sender, message.path, message.member
        if member == "NameOwnerChanged" and sender == DBUS:
            self._on_owner(str(message.body[0]), gone=not message.body[2])
        elif not sender or not path:
            return
        elif member == "PropertyChange" and (sender, path) == self._place:
            self._on_title(self._place, _text(list(message.body[3:4])))
        elif message.interface == EVENTS:
            self._heard = True
            if member in ("Activate", "activate"):
                self._activate((sender, path))
            elif (sender, path) == self._place:
                self._leave()

    def _on_owner(self, name: str, *, gone: bool) -> None:
        if not gone:
            return
        if name == REGISTRY:
            self._break("the accessibility registry went away")
        elif self._place is not None and self._place[0] == name:
            self._leave()

    async def _answer(
        self, target: Target, member: str, signature: str = "", body: list[Any] | None = None
    ) -> list[Any] | None:
        """Call a method and wait for what it answers; None for an error."""
        waiting: asyncio.Future[list[Any] | None] = asyncio.get_running_loop().create_future()

        def on_answer(body: list[Any] | None) -> None:
            if not waiting.done():
                waiting.set_result(body)

        self._post(target, member, signature, body, on_answer)
        return await waiting

    def _post(
        self,
        target: Target,
        member: str,
        signature: str,
        body: list[Any] | None,
        on_answer: OnAnswer,
    ) -> None:
        if self._bus is None:
            raise ConnectionError("the message bus is gone")
        self._asked[self._bus.post(target, member, signature, body)] = on_answer

    def _break(self, reason: str = "the accessibility bus went away") -> None:
        if self._bus is None:
            return
        self._close()
        self._failed(BackendUnavailable(PORT, reason, REMEDY))

    def _close(self) -> None:
        bus, self._bus = self._bus, None
        if bus is not None:
            asyncio.get_running_loop().remove_reader(bus.descriptor)
            bus.close()
        self._place = self._current = None
        self._heard = False
        self._windows.clear()
        asked, self._asked = self._asked, {}
        for on_answer in asked.values():
            on_answer(None)


async def _disable(address: str) -> None:
    async with connected(address) as session:
        await set_enabled(session, enabled=False)


def _rules_of(place: Place) -> tuple[str, str]:
    """Return what is asked of the bus while a window is in front: its title's changes, and its end."""
    sender, path = place
    changed = f"interface='{OF_OBJECTS}',member='PropertyChange',arg0='accessible-name'"
    return (
        f"type='signal',sender='{sender}',path='{path}',{changed}",
        rule_of_owner(sender),
    )


def _text(body: list[Any] | None) -> str | None:
    """Return the text that a name's answer or event holds; None where it is something else."""
    told = body[0] if body else None
    value = told.value if isinstance(told, Variant) else told
    return value[:TITLE_LIMIT] if isinstance(value, str) else None


def _now_ms() -> int:
    return round(time.monotonic() * 1000) & 0xFFFFFFFF
