"""Accessible text of real programs on a real accessibility bus: what its contract does not say."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from lamplighter_agent.backends.linux import atspi_text
from lamplighter_agent.backends.linux._atspi import ACCESSIBLE, REGISTRY
from lamplighter_agent.backends.linux._dbus import DBUS_OBJECT, call
from lamplighter_agent.backends.linux.atspi_text import (
    ANSWER_S,
    EDITABLE,
    EVENTS,
    FOCUSED,
    PASSWORD_TEXT,
    QUEUE_LIMIT,
    TEXT,
    AtspiText,
)
from lamplighter_agent.backends.ports import (
    FieldRole,
    TextLost,
)

from installers.quickstart.virtual_desktop.desktop import Desktop
from tests.support.heard import HeardFields, listening
from tests.support.sensed import aside, eventually
from tests.support.toolkits import TOOLKITS

FLOOD, PORTION = 2000, 200


def source_of(desktop: Desktop) -> AtspiText:
    return AtspiText(desktop.environment["DBUS_SESSION_BUS_ADDRESS"])


@pytest_asyncio.fixture
async def heard(desktop: Desktop) -> AsyncIterator[HeardFields]:
    async with listening(HeardFields(source_of(desktop))) as heard:
        yield heard


async def test_the_text_that_a_field_starts_with_is_not_typed(desktop: Desktop, heard: HeardFields) -> None:
    words = ["zenity", "--entry", "--title=filled", "--entry-text=beforehand"]
    await aside(desktop.open_window, words, "filled")
    await heard.focused(FieldRole.EDITABLE)
    await aside(desktop.key, "End")
    await aside(desktop.type_text, "mine")
    await heard.hears("mine")
    assert "beforehand" not in heard.text


async def test_terminals_are_left_to_the_terminal_rule(desktop: Desktop, heard: HeardFields) -> None:
    await aside(desktop.open_xterm, "no fields here")
    await aside(desktop.type_text, "echo hello")
    await aside(desktop.open_gtk_entry, "then a field")
    await aside(desktop.type_text, "here")
    await heard.hears("here")
    assert heard.text == "here"


async def test_accessibility_is_switched_on_and_put_back(desktop: Desktop) -> None:
    get = ["dbus-send", "--session", "--print-reply", "--dest=org.a11y.Bus", "/org/a11y/bus"]
    get += ["org.freedesktop.DBus.Properties.Get", "string:org.a11y.Status", "string:IsEnabled"]
    assert "false" in await aside(desktop.run, *get)
    async with listening(HeardFields(source_of(desktop))):
        assert "true" in await aside(desktop.run, *get)
    assert "false" in await aside(desktop.run, *get)


async def test_it_stops_in_time_though_nobody_answers(desktop: Desktop) -> None:
    source = source_of(desktop)
    await HeardFields(source).start()
    bus = source._bus
    assert bus is not None
    (registry,) = await call(bus, DBUS_OBJECT, "GetConnectionUnixProcessID", "s", [REGISTRY])
    os.kill(registry, signal.SIGSTOP)
    try:
        async with asyncio.timeout(2 * ANSWER_S):
            await source.stop()
    finally:
        os.kill(registry, signal.SIGCONT)


class SlowApplication:
    """An application on the real accessibility bus that answers for its role only when the test says so."""

    TEXT = 61

    def __init__(self, bus: MessageBus) -> None:
        self.bus = bus
        self.role = self.TEXT
        self.prompt = False
        # What its fields show on the screen; "" says that everything inserted is shown.
        self.masks = ""
        self.inserted = ""
        self.asked: list[Message] = []
        bus.add_message_handler(self._on_message)

    def _on_message(self, message: Message) -> Message | bool | None:
        if message.message_type is MessageType.METHOD_CALL and message.interface == TEXT:
            return Message.new_method_return(message, "sii", [self.masks or self.inserted, 0, 1])
        if message.message_type is not MessageType.METHOD_CALL or message.interface != ACCESSIBLE:
            return None
        if message.member == "GetState":
            return Message.new_method_return(message, "au", [[1 << EDITABLE | 1 << FOCUSED, 0]])
        if self.prompt:
            return Message.new_method_return(message, "u", [self.role])
        self.asked.append(message)
        return True

    async def answer(self) -> None:
        """Give the answer that was held back."""
        await eventually(lambda: self.asked, "a question")
        await self.bus.send(Message.new_method_return(self.asked.pop(0), "u", [self.role]))

    async def focus(self, path: str) -> None:
        await self._say(path, "StateChanged", ["focused", 1, 0, Variant("i", 0), {}])

    async def insert(self, path: str, text: str) -> None:
        self.inserted = text
        await self._say(path, "TextChanged", ["insert", 0, len(text), Variant("s", text), {}])

    async def _say(self, path: str, member: str, body: list[object]) -> None:
        await self.bus.send(Message.new_signal(path, EVENTS, member, "siiva{sv}", body))


@pytest_asyncio.fixture
async def slow(desktop: Desktop) -> AsyncIterator[SlowApplication]:
    bus = await MessageBus(bus_address=desktop.accessibility_bus).connect()
    yield SlowApplication(bus)
    ended: Any = bus.wait_for_disconnect
    bus.disconnect()
    await ended()


def lost(heard: HeardFields) -> list[int]:
    return [event.count for event in heard.events if isinstance(event, TextLost)]


def arrived(heard: HeardFields) -> int:
    """Return how many insertions of one "a" were read or counted as lost."""
    return heard.text.count("a") + sum(lost(heard))


async def test_a_late_answer_costs_what_came_before_and_the_next_text_asks_again(
    heard: HeardFields, slow: SlowApplication
) -> None:
    await slow.focus("/field")
    await slow.insert("/field", "early")
    await eventually(lambda: lost(heard) == [1], "the loss")
    slow.prompt = True
    await slow.insert("/field", "later")
    await heard.hears("later")
    assert heard.text == "later"
    assert lost(heard) == [1]
    await heard.focused(FieldRole.EDITABLE)


async def test_an_answer_that_is_nonsense_is_none_and_what_waited_is_counted(
    heard: HeardFields, slow: SlowApplication
) -> None:
    await slow.focus("/field")
    await slow.insert("/field", "early")
    await eventually(lambda: slow.asked, "a question")
    await slow.bus.send(Message.new_method_return(slow.asked.pop(0), "as", [["a", "role"]]))
    await eventually(lambda: lost(heard) == [1], "the loss")
    await heard.focused(FieldRole.OTHER)
    assert heard.text == ""


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for an answer as long as a busy machine may need to give it."""
    monkeypatch.setattr(atspi_text, "ANSWER_S", 10.0)


@pytest.mark.usefixtures("patient")
async def test_text_beyond_the_queue_is_counted(heard: HeardFields, slow: SlowApplication) -> None:
    await slow.focus("/field")
    for _ in range(QUEUE_LIMIT + 3):
        await slow.insert("/field", "a")
    # Signals of one sender keep their order with its answers.
    await slow.answer()
    await eventually(lambda: lost(heard) == [3], "the loss")
    assert heard.text == "a" * QUEUE_LIMIT


@pytest.mark.fault
@pytest.mark.usefixtures("patient")
async def test_a_program_that_floods_is_read_or_counted_and_another_field_is_read(
    heard: HeardFields, slow: SlowApplication
) -> None:
    slow.prompt = True
    await slow.focus("/field")
    for sent in range(1, FLOOD + 1):
        await slow.insert("/field", "a")
        if sent % PORTION == 0:
            # What sends here has no more room than that.
            await eventually(lambda sent=sent: arrived(heard) == sent, "the portion")  # type: ignore[misc]
    await slow.focus("/other")
    await slow.insert("/other", "pier ")
    await heard.hears("pier ")
    assert arrived(heard) == FLOOD


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(("role", "losses"), [(SlowApplication.TEXT, [1]), (PASSWORD_TEXT, [])])
async def test_text_of_a_field_that_lost_the_focus_first_is_counted_unless_it_was_a_secret(
    heard: HeardFields, slow: SlowApplication, role: int, losses: list[int]
) -> None:
    await slow.focus("/first")
    await slow.insert("/first", "gone")
    await eventually(lambda: slow.asked, "a question")
    await slow.focus("/second")
    slow.role = role
    await slow.answer()
    slow.role = SlowApplication.TEXT
    await slow.answer()
    await slow.insert("/second", "here")
    await heard.hears("here")
    assert heard.text == "here"
    assert lost(heard) == losses


@pytest.mark.parametrize(("masks", "losses"), [("●", []), ("*", []), ("x", [1])])
async def test_text_that_the_screen_hides_is_not_read_whatever_the_role(
    heard: HeardFields, slow: SlowApplication, masks: str, losses: list[int]
) -> None:
    slow.prompt, slow.masks = True, masks
    await slow.focus("/hiding")
    await slow.insert("/hiding", "hedgehog")
    if losses:
        await eventually(lambda: lost(heard) == losses, "the loss")
    else:
        await heard.focused(FieldRole.SECRET)
    await slow.focus("/showing")
    slow.masks = ""
    await slow.insert("/showing", "here")
    await heard.hears("here")
    assert heard.text == "here"
    assert lost(heard) == losses


async def test_an_entry_of_gtk_4_that_hides_its_text_is_silent(desktop: Desktop, heard: HeardFields) -> None:
    window = await aside(TOOLKITS["GTK 4"], desktop)
    await aside(desktop.type_text, "hedgehog")
    await aside(desktop.key, "Tab")
    await aside(desktop.type_text, "after")
    await heard.hears("r")
    assert set(heard.text) <= set("after")
    await aside(desktop.close, window)
