"""Text of accessible fields, over the accessibility bus (AT-SPI) by dbus-fast. All runs on the event loop.

    org.a11y.Bus ─▶ accessibility bus ─▶ focused / text-changed signals ─▶ role ─▶ sink

Only the focused field is listened to, and nothing of it is passed on before the application has told its
role: text that comes earlier waits, and is dropped if the role is a password's or does not come in time. Then
the next text asks again, once a second at most, and what was dropped and might have been readable is counted.
The role is also asked again when typing resumes after a second, because a page may turn a text field into a
password field. GTK 4 gives the role of an ordinary field to an entry that hides what is typed, and reports
the characters themselves: there the first text after each question is compared with what the screen shows,
and passed on only if it is the same. The bus filters by match rules, so that changes which the application
made (`insert/system`) do not even wake us. Text of terminals is left to the terminal rule.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusError

from lamplighter_agent.backends.linux._atspi import (
    ACCESSIBLE,
    REGISTRY,
    REGISTRY_OBJECT,
    REMEDY,
    START_S,
    address_of_accessibility_bus,
    is_enabled,
    set_enabled,
)
from lamplighter_agent.backends.linux._dbus import (
    BROKEN,
    DBUS_OBJECT,
    call,
    end_of,
    rule_of_owner,
)
from lamplighter_agent.backends.ports import (
    AccessibleEvent,
    Failed,
    FieldFocused,
    FieldRole,
    TextDeleted,
    TextInserted,
    TextLost,
)
from lamplighter_agent.errors import BackendUnavailable

PORT = "AccessibleText"
ANSWER_S = 1.0
# The role is asked again when this long has passed since it was last known.
ROLE_FRESH_S = 1.0
QUEUE_LIMIT = 256
CACHE_LIMIT = 256
PASSWORD_TEXT = 40
# Combo box, text, paragraph, editbar, entry, section (a page's editable part).
TEXT_ROLES = frozenset({11, 61, 73, 77, 79, 85})
EDITABLE, FOCUSED = 7, 12
MASKS = frozenset("●•∙◦⬤⚫■◼✱✺")
STAR = "*"
TEXT = "org.a11y.atspi.Text"
# Below this lie the objects of every toolkit that gives hidden text away by role or masks; GTK 4's do not.
BY_ROLE = "/org/a11y/atspi/"
ONE_CHARACTER = 0
EVENTS = "org.a11y.atspi.Event.Object"
REGISTERED = ("object:text-changed", "object:state-changed:focused")
RULES = (
    f"type='signal',interface='{EVENTS}',member='TextChanged',arg0='insert'",
    f"type='signal',interface='{EVENTS}',member='TextChanged',arg0='delete'",
    f"type='signal',interface='{EVENTS}',member='StateChanged',arg0='focused'",
    rule_of_owner(REGISTRY),
)


@dataclass(slots=True)
class _Field:
    """The focused accessible, and what came from it before its role was known."""

    sender: str
    path: str
    role: FieldRole | None = None
    pid: int | None = None
    told: FieldRole | None = None
    known_at: float = 0.0
    # The screen shows what is typed here; where the role says it all, that is so from the start.
    shown: bool = False
    # A question is under way: text waits.
    asking: bool = False
    asked_at: float = 0.0
    # Insertions that found no room to wait.
    overflowed: int = 0
    waiting: list[AccessibleEvent] = field(default_factory=list, repr=False)

    @property
    def key(self) -> str:
        return f"{self.sender}{self.path}"

    def wait(self, events: list[AccessibleEvent]) -> None:
        """Keep events until the role is known, as far as there is room."""
        if len(self.waiting) < QUEUE_LIMIT:
            self.waiting += events
        else:
            self.overflowed += _insertions(events)


class AtspiText:
    """Reports the focused accessible field of one session bus and what is typed into it."""

    name = "AT-SPI"

    def __init__(self, session_bus: str | None) -> None:
        self._address = session_bus
        self._session: MessageBus | None = None
        self._bus: MessageBus | None = None
        self._enabled_by_us = False
        self._field: _Field | None = None
        # A field that typed without having told its focus, while it is asked whether it has it.
        self._candidate: _Field | None = None
        self._pids: OrderedDict[str, int] = OrderedDict()
        # Sources that are no focused text field, so that their changes cost no question each.
        self._others: OrderedDict[str, float] = OrderedDict()
        self._ends: list[asyncio.Task[None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._sink: Callable[[AccessibleEvent], None] = lambda _: None
        self._failed: Failed = lambda _: None

    async def start(self, sink: Callable[[AccessibleEvent], None], failed: Failed) -> None:
        """Connect and register; return when events come."""
        self._sink, self._failed = sink, failed
        if not self._address:
            raise BackendUnavailable(PORT, "there is no D-Bus session bus", REMEDY)
        try:
            async with asyncio.timeout(START_S):
                await self._connect(self._address)
        except BROKEN as error:
            reason = "the accessibility bus" if self._session is not None else "the D-Bus session bus"
            await self.stop()
            raise BackendUnavailable(PORT, f"{reason} does not answer", REMEDY) from error

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        session, self._session = self._session, None
        bus, self._bus = self._bus, None
        if session is not None and self._enabled_by_us:
            with contextlib.suppress(*BROKEN):
                await set_enabled(session, enabled=False, seconds=ANSWER_S)
        self._enabled_by_us = False
        if bus is not None:
            # An answer also shows that nothing is left to be written when the connection closes.
            with contextlib.suppress(*BROKEN):
                for event in REGISTERED:
                    await call(bus, REGISTRY_OBJECT, "DeregisterEvent", "s", [event], seconds=ANSWER_S)
        ends, self._ends = self._ends, []
        for connection in (session, bus):
            if connection is not None:
                connection.disconnect()
        if ends:
            await asyncio.wait(ends, timeout=ANSWER_S)
        self._field = self._candidate = None
        self._pids.clear()
        self._others.clear()

    async def _connect(self, address: str) -> None:
        self._session = session = await MessageBus(bus_address=address).connect()
        found = await address_of_accessibility_bus(session)
        self._bus = bus = await MessageBus(bus_address=found).connect()
        bus.add_message_handler(self._on_message)
        for rule in RULES:
            await call(bus, DBUS_OBJECT, "AddMatch", "s", [rule])
        for event in REGISTERED:
            try:
                await call(bus, REGISTRY_OBJECT, "RegisterEvent", "sass", [event, [], ""])
            except DBusError:
                # Before at-spi2-core 2.46 or so there was one argument.
                await call(bus, REGISTRY_OBJECT, "RegisterEvent", "s", [event])
        if not await is_enabled(session):
            # Qt reports only while this is set.
            await set_enabled(session, enabled=True)
            self._enabled_by_us = True
        self._ends += [self._watch(bus), self._watch(session)]

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _watch(self, bus: MessageBus) -> asyncio.Task[None]:
        """Notice when a connection ends; the task ends with it and must not be cancelled."""
        end = asyncio.get_running_loop().create_task(end_of(bus))
        end.add_done_callback(self._on_end)
        return end

    def _on_end(self, _end: asyncio.Task[None]) -> None:
        if self._ends:
            self._report_failure("the accessibility bus went away")

    def _report_failure(self, reason: str) -> None:
        # Registry, bus and session often end together: said once, and nothing more is reported.
        self._field = self._candidate = None
        failed, self._failed, self._sink = self._failed, lambda _: None, lambda _: None
        failed(BackendUnavailable(PORT, reason, REMEDY))

    def _on_message(self, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "NameOwnerChanged":
            if message.body[0] == REGISTRY and not message.body[2]:
                self._report_failure("the accessibility registry went away")
            return
        sender, path = message.sender, message.path
        if message.interface != EVENTS or not sender or not path or len(message.body) < 4:
            return
        kind, first, second, value = message.body[:4]
        if message.member == "StateChanged" and kind == "focused":
            self._on_focus(sender, path, gained=bool(first))
        elif message.member == "TextChanged" and kind in ("insert", "delete"):
            text = value.value if isinstance(value, Variant) else value
            self._on_text(sender, path, kind, (first, second, text))

    def _on_focus(self, sender: str, path: str, *, gained: bool) -> None:
        current = self._field
        same = current is not None and (current.sender, current.path) == (sender, path)
        if gained and same and current is not None:
            # GTK says it twice; text may have come between. Only the role is asked again.
            if not current.asking:
                self._begin(current)
        elif gained:
            self._others.pop(f"{sender}{path}", None)
            self._field = _Field(sender, path)
            self._begin(self._field)
        elif same and current is not None:
            self._field = None
            self._sink(FieldFocused(field_key=current.key, role=FieldRole.OTHER, pid=current.pid))

    def _on_text(self, sender: str, path: str, kind: str, what: tuple[int, int, Any]) -> None:
        current = self._field
        now = asyncio.get_running_loop().time()
        if current is None or (current.sender, current.path) != (sender, path):
            self._on_other_text(sender, path, _events(f"{sender}{path}", kind, what))
            return
        if current.role not in (None, FieldRole.EDITABLE):
            return
        events = _events(current.key, kind, what)
        if current.asking:
            current.wait(events)
            return
        if current.role is None and now - current.asked_at < ROLE_FRESH_S:
            self._lost(_insertions(events))
            return
        if current.role is None or not current.shown or now - current.known_at > ROLE_FRESH_S:
            current.wait(events)
            self._begin(current)
            return
        current.known_at = now
        self._pass_on(current, events)

    def _on_other_text(self, sender: str, path: str, events: list[AccessibleEvent]) -> None:
        """Ask a field that types but never told its focus: it had it before we listened."""
        now, key = asyncio.get_running_loop().time(), f"{sender}{path}"
        candidate = self._candidate
        if candidate is not None and candidate.key == key:
            candidate.wait(events)
            return
        if now - self._others.get(key, -ROLE_FRESH_S) < ROLE_FRESH_S:
            return
        self._remember(self._others, key, now)
        if self._field is None or not self._field.asking:
            self._candidate = _Field(sender, path, waiting=events)
            self._spawn(self._adopt(self._candidate))

    async def _adopt(self, candidate: _Field) -> None:
        """Take a field for the focused one, if it says that it is."""
        try:
            async with asyncio.timeout(ANSWER_S):
                states = await self._states(candidate)
        except BROKEN:
            # It may well have been: what it typed is lost.
            states = 1 << EDITABLE | 1 << FOCUSED
            moved_on = True
        else:
            moved_on = self._candidate is not candidate or (self._field is not None and self._field.asking)
        if self._candidate is candidate:
            self._candidate = None
        if not states & (1 << FOCUSED):
            return
        if moved_on:
            if states & (1 << EDITABLE):
                self._drop(candidate)
            return
        self._others.pop(candidate.key, None)
        self._field = candidate
        self._begin(candidate)

    def _begin(self, asked: _Field) -> None:
        """Ask a field for its role; until it is known, text waits."""
        asked.role = None
        asked.shown = asked.path.startswith(BY_ROLE)
        asked.asking = True
        asked.asked_at = asyncio.get_running_loop().time()
        self._spawn(self._ask(asked))

    async def _ask(self, asked: _Field) -> None:
        """Learn a field's role and pass on what waited for it, or drop it."""
        role: FieldRole | None = None
        with contextlib.suppress(*BROKEN):
            async with asyncio.timeout(ANSWER_S):
                found = await self._role(asked)
                if found is FieldRole.EDITABLE and asked.pid is None:
                    asked.pid = await self._pid(asked.sender)
                role = found if found is not FieldRole.EDITABLE else await self._seen(asked)
        asked.asking = False
        asked.role = role
        if self._field is not asked:
            if role in (None, FieldRole.EDITABLE):
                self._drop(asked)
            return
        asked.known_at = asyncio.get_running_loop().time()
        waited, asked.waiting = asked.waiting, []
        overflowed, asked.overflowed = asked.overflowed, 0
        told = role or FieldRole.OTHER
        if asked.told is not told:
            asked.told = told
            self._sink(FieldFocused(field_key=asked.key, role=told, pid=asked.pid))
        if role is FieldRole.EDITABLE:
            self._pass_on(asked, waited)
            self._lost(overflowed)
        elif role is None:
            self._lost(_insertions(waited) + overflowed)

    def _drop(self, source: _Field) -> None:
        """Count what waited for a field that is no longer the focused one."""
        waited, source.waiting = source.waiting, []
        self._lost(_insertions(waited) + source.overflowed)
        source.overflowed = 0

    def _lost(self, count: int) -> None:
        if count:
            self._sink(TextLost(count=count))

    def _pass_on(self, source: _Field, events: list[AccessibleEvent]) -> None:
        for event in events:
            if isinstance(event, TextInserted) and event.text and set(event.text) <= MASKS:
                # Whatever its role says: a field that shows masks holds a secret.
                source.role = source.told = FieldRole.SECRET
                self._sink(FieldFocused(field_key=source.key, role=FieldRole.SECRET, pid=source.pid))
                return
            if isinstance(event, TextInserted) and set(event.text) <= {STAR}:
                continue
            self._sink(event)

    async def _role(self, asked: _Field) -> FieldRole:
        bus = self._bus
        if bus is None:
            return FieldRole.OTHER
        (role,) = await call(bus, (asked.sender, asked.path, ACCESSIBLE), "GetRole")
        if role == PASSWORD_TEXT:
            return FieldRole.SECRET
        if role not in TEXT_ROLES or not await self._states(asked) & (1 << EDITABLE):
            return FieldRole.OTHER
        return FieldRole.EDITABLE

    async def _seen(self, asked: _Field) -> FieldRole | None:
        """Compare the first text that waits with what the screen shows; None where it is something else."""
        first = next((event for event in asked.waiting if isinstance(event, TextInserted)), None)
        if asked.shown or first is None or self._bus is None:
            return FieldRole.EDITABLE
        place = (asked.sender, asked.path, TEXT)
        answer = await call(self._bus, place, "GetStringAtOffset", "iu", [first.offset, ONE_CHARACTER])
        shown = str(answer[0])
        asked.shown = first.text[0] in shown
        if asked.shown:
            return FieldRole.EDITABLE
        return FieldRole.SECRET if shown and set(shown) <= MASKS | {STAR} else None

    async def _states(self, asked: _Field) -> int:
        bus = self._bus
        if bus is None:
            return 0
        (words,) = await call(bus, (asked.sender, asked.path, ACCESSIBLE), "GetState")
        low, high = words
        return int(low) | (int(high) << 32)

    async def _pid(self, sender: str) -> int | None:
        known = self._pids.get(sender)
        if known is not None or self._bus is None:
            return known
        (pid,) = await call(self._bus, DBUS_OBJECT, "GetConnectionUnixProcessID", "s", [sender])
        self._remember(self._pids, sender, int(pid))
        return int(pid)

    @staticmethod
    def _remember(cache: OrderedDict[str, Any], key: str, value: float) -> None:
        cache[key] = value
        if len(cache) > CACHE_LIMIT:
            cache.popitem(last=False)


def _events(key: str, kind: str, what: tuple[int, int, Any]) -> list[AccessibleEvent]:
    offset, count, text = what
    if kind == "delete":
        return [TextDeleted(field_key=key, offset=int(offset), count=int(count))]
    if not isinstance(text, str) or not text:
        return []
    return [TextInserted(field_key=key, offset=int(offset), text=text)]


def _insertions(events: list[AccessibleEvent]) -> int:
    """Return how many of these could have been read; masks show nothing."""
    shown = MASKS | {STAR}
    return sum(isinstance(event, TextInserted) and not set(event.text) <= shown for event in events)
