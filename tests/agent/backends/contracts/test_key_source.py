"""What every key source must do, whatever it reads keys with.

What a source says that it can't read is part of the contract too:
it must then really not be able to, so that `status` neither hides a gap nor invents one.
"""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lamplighter_agent.backends.ports import KeyCapability, KeyKind, KeyPress, KeySource
from lamplighter_agent.errors import BackendUnavailable

from tests.agent.backends.contracts import plugged
from tests.agent.backends.contracts.stages import Keyboard, KeyStage
from tests.support.heard import own_threads
from tests.support.sensed import aside, eventually


class Heard:
    """What the source reported, and on which thread."""

    def __init__(self) -> None:
        self.presses: list[KeyPress] = []
        self.threads: set[str] = set()
        self.problems: list[BackendUnavailable] = []

    def sink(self, press: KeyPress) -> None:
        self.presses.append(press)
        self.threads.add(threading.current_thread().name)

    @property
    def text(self) -> str:
        return "".join(press.text for press in self.presses)

    @property
    def kinds(self) -> list[KeyKind]:
        return [press.kind for press in self.presses]

    async def presses_are(self, count: int) -> None:
        await eventually(lambda: len(self.presses) >= count, f"{count} presses, have {len(self.presses)}")


@pytest_asyncio.fixture(params=plugged.KEY_SOURCES)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[KeyStage]:
    async with request.param(request) as opened:
        yield opened


@pytest.fixture
def source(stage: KeyStage) -> KeySource:
    return stage.source


@pytest.fixture
def keyboard(stage: KeyStage) -> Keyboard:
    return stage.keyboard


@pytest_asyncio.fixture
async def heard(source: KeySource, keyboard: Keyboard) -> AsyncIterator[Heard]:
    heard = Heard()
    await source.start(heard.sink, heard.problems.append)
    yield heard
    await source.stop()
    assert heard.problems == []


async def test_reports_text_in_order_on_the_loop(heard: Heard, keyboard: Keyboard) -> None:
    for letter in "harbour":
        await aside(keyboard.tap, letter)
    await aside(keyboard.tap, "space")
    await aside(keyboard.tap, "h", "shift")
    await heard.presses_are(9)
    assert heard.text == "harbour H"
    assert set(heard.kinds) == {KeyKind.TEXT}
    assert heard.threads == {threading.current_thread().name}
    times = [press.time_ms for press in heard.presses]
    assert times == sorted(times)


async def test_tells_what_keys_do_to_the_text(heard: Heard, keyboard: Keyboard) -> None:
    wanted = [
        ("BackSpace", (), KeyKind.BACKSPACE),
        ("h", ("ctrl",), KeyKind.BACKSPACE),
        ("BackSpace", ("ctrl",), KeyKind.DELETE_WORD),
        ("w", ("ctrl",), KeyKind.DELETE_WORD),
        ("Return", (), KeyKind.ENTER),
        ("m", ("ctrl",), KeyKind.ENTER),
        ("Left", (), KeyKind.MOVE),
        ("Tab", (), KeyKind.MOVE),
        ("u", ("ctrl",), KeyKind.MOVE),
        ("c", ("ctrl",), KeyKind.MOVE),
        ("f", ("alt",), KeyKind.MOVE),
    ]
    for key, modifiers, _ in wanted:
        await aside(keyboard.tap, key, *modifiers)
    await heard.presses_are(len(wanted))
    assert heard.kinds == [kind for _, _, kind in wanted]
    assert heard.text == ""


async def test_is_silent_after_stop_and_speaks_again(
    source: KeySource, heard: Heard, keyboard: Keyboard
) -> None:
    await aside(keyboard.tap, "a")
    await heard.presses_are(1)
    await source.stop()
    await source.stop()
    await aside(keyboard.tap, "b")
    await source.start(heard.sink, heard.problems.append)
    await aside(keyboard.tap, "c")
    await heard.presses_are(2)
    assert heard.text == "ac"


async def typed_by(heard: Heard, keyboard: Keyboard, *taps: tuple[str, ...]) -> str:
    """Return the text of some taps; the Return after them shows that all have come."""
    before = len(heard.presses)
    for key, *modifiers in taps:
        await aside(keyboard.tap, key, *modifiers)
    await aside(keyboard.tap, "Return")

    def finished() -> bool:
        return any(press.kind is KeyKind.ENTER for press in heard.presses[before:])

    await eventually(finished, "the Return after the taps")
    return "".join(press.text for press in heard.presses[before:])


async def test_layout_chosen_while_running(source: KeySource, heard: Heard, keyboard: Keyboard) -> None:
    right = True
    for layout, key, wanted in (("gb", "3", "£"), ("de", "z", "Y"), ("ru", "a", "Ф")):
        await aside(keyboard.layout, layout)
        right = right and await typed_by(heard, keyboard, (key, "shift")) == wanted
    assert right == (KeyCapability.LAYOUT_SWITCH in source.capabilities)


async def test_altgr(source: KeySource, keyboard: Keyboard) -> None:
    await aside(keyboard.layout, "pl")
    heard = Heard()
    await source.start(heard.sink, heard.problems.append)
    try:
        typed = await typed_by(heard, keyboard, ("a", "altgr"), ("l", "altgr"), ("e", "altgr", "shift"))
    finally:
        await source.stop()
    assert (typed == "ąłĘ") == (KeyCapability.ALT_GR in source.capabilities)


async def test_dead_keys(source: KeySource, keyboard: Keyboard) -> None:
    await aside(keyboard.layout, "de")
    heard = Heard()
    await source.start(heard.sink, heard.problems.append)
    try:
        typed = await typed_by(heard, keyboard, ("equal",), ("e",), ("equal",), ("a",))
    finally:
        await source.stop()
    assert (typed == "éá") == (KeyCapability.DEAD_KEYS in source.capabilities)
    # Without them the plain letters come, never the marks.
    assert typed in ("éá", "ea")


async def test_second_group(source: KeySource, keyboard: Keyboard) -> None:
    await aside(keyboard.layout, "us,ru", "-option", "grp:alt_shift_toggle")
    heard = Heard()
    await source.start(heard.sink, heard.problems.append)
    try:
        first = await typed_by(heard, keyboard, ("a",))
        await aside(keyboard.tap, "shift-alone", "alt")
        second = await typed_by(heard, keyboard, ("a",), ("s",))
    finally:
        await source.stop()
    assert first == "a"
    assert (second == "фы") == (KeyCapability.GROUPS in source.capabilities)


async def test_many_starts_leave_nothing(source: KeySource, keyboard: Keyboard) -> None:
    before = own_threads()
    for _ in range(20):
        heard = Heard()
        await source.start(heard.sink, heard.problems.append)
        # The first press after the start is heard: nothing is waited for but the source's own word.
        await asyncio.to_thread(keyboard.tap, "a")
        await heard.presses_are(1)
        await source.stop()
    assert own_threads() <= before
