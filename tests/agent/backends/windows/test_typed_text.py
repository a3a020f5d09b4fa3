"""What is told of typing into fields, by a keyboard and a focus that this test moves."""

import asyncio
from collections.abc import Callable

import pytest
from lamplighter_agent.backends.ports import (
    AccessibleEvent,
    Failed,
    FieldFocused,
    FieldRole,
    KeyCapability,
    KeyKind,
    KeyPress,
    TextDeleted,
    TextInserted,
    TextLost,
)
from lamplighter_agent.backends.windows.field_keys import NOTHING, Field
from lamplighter_agent.backends.windows.secret_field import Answered
from lamplighter_agent.backends.windows.typed_text import WindowsText
from lamplighter_agent.errors import BackendUnavailable

NOTE = Field("1/2", FieldRole.EDITABLE, 7)
SECRET = Field("1/3", FieldRole.SECRET, 7)


class Keyboard:
    """A key source whose keys this test presses."""

    name = "this test's keys"
    capabilities = frozenset(KeyCapability)

    def __init__(self, *, missing: bool = False) -> None:
        self.sink: Callable[[KeyPress], None] | None = None
        self.missing = missing

    async def start(self, sink: Callable[[KeyPress], None], failed: Failed) -> None:
        if self.missing:
            raise BackendUnavailable("KeySource", "no hook", "sign in again")
        self.sink = sink

    async def stop(self) -> None:
        self.sink = None


class Focus:
    """A focus that this test moves; each question is answered when the test says so."""

    def __init__(self) -> None:
        self.field = NOTHING
        self.tick = 0
        self.asked = asyncio.Event()
        self.stopped = False

    async def start(
        self, answered: Answered, moved: Callable[[], None], broken: Callable[[BackendUnavailable], None]
    ) -> None:
        self._answered, self._moved = answered, moved

    def ask(self) -> None:
        self.asked.set()

    async def stop(self) -> None:
        self.stopped = True

    def answer(self) -> None:
        self.asked.clear()
        self.tick += 50
        self._answered(self.field, self.tick, self.tick + 1)

    def move(self, field: Field) -> None:
        self.field = field
        self._moved()
        self.answer()


class Typing:
    """A running source with its keyboard, its focus and what it told."""

    def __init__(self) -> None:
        self.keyboard, self.focus = Keyboard(), Focus()
        self.text = WindowsText(self.keyboard, self.focus)
        self.events: list[AccessibleEvent] = []

    async def start(self) -> None:
        await self.text.start(self.events.append, lambda _problem: None)

    def press(self, kind: KeyKind, text: str = "") -> None:
        self.focus.tick += 50
        assert self.keyboard.sink is not None
        self.keyboard.sink(KeyPress(kind=kind, text=text, time_ms=self.focus.tick))

    def type(self, text: str) -> None:
        for letter in text:
            self.press(KeyKind.TEXT, letter)

    @property
    def inserted(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextInserted))

    @property
    def focused(self) -> list[FieldFocused]:
        return [event for event in self.events if isinstance(event, FieldFocused)]


@pytest.fixture
async def typing() -> Typing:
    typing = Typing()
    await typing.start()
    return typing


async def test_it_asks_at_the_start_and_after_keys(typing: Typing) -> None:
    assert typing.focus.asked.is_set()
    typing.focus.move(NOTE)
    typing.type("a")
    async with asyncio.timeout(1):
        await typing.focus.asked.wait()
    await typing.text.stop()


async def test_text_is_told_with_growing_offsets(typing: Typing) -> None:
    typing.focus.move(NOTE)
    typing.type("harbour")
    typing.press(KeyKind.BACKSPACE)
    typing.press(KeyKind.ENTER)
    typing.focus.answer()
    assert [event.offset for event in typing.events if isinstance(event, TextInserted)] == [*range(7), 6]
    assert [event for event in typing.events if isinstance(event, TextDeleted)] == [
        TextDeleted(field_key=typing.focused[-1].field_key, offset=6, count=1)
    ]
    assert typing.inserted == "harbour\n"
    await typing.text.stop()


async def test_a_secret_field_is_silent(typing: Typing) -> None:
    typing.focus.move(SECRET)
    typing.type("hidden")
    typing.focus.answer()
    assert typing.inserted == ""
    assert [event.role for event in typing.focused] == [FieldRole.SECRET]
    assert not [event for event in typing.events if isinstance(event, TextLost)]
    await typing.text.stop()


async def test_the_first_keys_after_a_move_are_lost_not_guessed(typing: Typing) -> None:
    typing.focus.move(SECRET)
    typing.type("x")
    typing.focus.move(NOTE)
    typing.type("y")
    typing.focus.answer()
    assert typing.inserted == "y"
    assert [event.count for event in typing.events if isinstance(event, TextLost)] == [1]
    await typing.text.stop()


async def test_an_arrow_key_begins_a_stretch_of_its_own(typing: Typing) -> None:
    typing.focus.move(NOTE)
    typing.type("a")
    typing.press(KeyKind.MOVE)
    typing.type("b")
    typing.focus.answer()
    keys = [event.field_key for event in typing.events if isinstance(event, TextInserted)]
    assert len(set(keys)) == 2
    assert [event.offset for event in typing.events if isinstance(event, TextInserted)] == [0, 0]
    await typing.text.stop()


async def test_a_dead_key_s_two_characters_are_typing_not_a_paste(typing: Typing) -> None:
    typing.focus.move(NOTE)
    typing.press(KeyKind.TEXT, "'x")
    typing.focus.answer()
    assert [event.text for event in typing.events if isinstance(event, TextInserted)] == ["'", "x"]
    await typing.text.stop()


async def test_after_stop_nothing_is_told(typing: Typing) -> None:
    typing.focus.move(NOTE)
    typing.type("a")
    await typing.text.stop()
    told = len(typing.events)
    typing.focus.answer()
    assert len(typing.events) == told
    assert typing.focus.stopped


async def test_without_keys_it_says_why_and_lets_go() -> None:
    focus = Focus()
    text = WindowsText(Keyboard(missing=True), focus)
    with pytest.raises(BackendUnavailable, match="no hook"):
        await text.start(lambda _event: None, lambda _problem: None)
    assert focus.stopped
