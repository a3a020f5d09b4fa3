"""Which field has the focus, asked on a pretended Windows, which has no UI Automation."""

import asyncio
from collections.abc import Callable

from lamplighter_agent.backends.ports import FieldRole, KeyKind, KeyPress
from lamplighter_agent.backends.windows.field_keys import Field, FieldKeys
from lamplighter_agent.backends.windows.field_rule import ES_PASSWORD
from lamplighter_agent.backends.windows.secret_field import FocusProbe, FocusReader

from tests.agent.backends.windows.pretended import PID, PretendedWindows
from tests.support.sensed import eventually

CHILD = 0x5000_0000


def form() -> tuple[PretendedWindows, int, int]:
    """Return a Windows with a form in front, and its ordinary and its secret field."""
    windows = PretendedWindows()
    windows.open("a form")
    note, secret = windows.edit(CHILD), windows.edit(CHILD | ES_PASSWORD)
    windows.focus_on(note)
    return windows, note, secret


def test_the_style_says_which_field_is_secret() -> None:
    windows, note, secret = form()
    reader = FocusReader(*windows.system())
    assert reader.read() == Field(f"{windows.front}/{note}", FieldRole.EDITABLE, PID)
    windows.focus_on(secret)
    assert reader.read().role is FieldRole.SECRET
    windows.front = 0
    assert reader.read().role is FieldRole.OTHER
    reader.close()


class Asked:
    """A probe and the rule for its answers, as `WindowsText` joins them."""

    def __init__(self, windows: PretendedWindows) -> None:
        self.windows = windows
        self.probe = FocusProbe(windows.system)
        self.fields = FieldKeys()
        self.read: list[str] = []
        self.lost = self.answers = self.moves = 0

    async def start(self) -> None:
        await self.probe.start(self._answered, self._moved, lambda _problem: None)

    def _moved(self) -> None:
        self.moves += 1
        self.fields.moved()

    def _answered(self, field: Field, asked_ms: int, known_ms: int) -> None:
        verdict = self.fields.answered(field, asked_ms=asked_ms, known_ms=known_ms)
        self.read += [press.text for press in verdict.keys]
        self.lost += verdict.lost
        self.answers += 1

    async def ask(self) -> None:
        wanted = self.answers + 1
        self.probe.ask()
        await eventually(lambda: self.answers == wanted, "the answer")

    def press(self, text: str) -> None:
        self.fields.pressed(KeyPress(kind=KeyKind.TEXT, text=text, time_ms=self.windows.tick_ms()))


async def with_form(act: Callable[[Asked, int, int], None]) -> Asked:
    windows, note, secret = form()
    asked = Asked(windows)
    await asked.start()
    await asked.ask()
    act(asked, note, secret)
    await asked.ask()
    await asked.probe.stop()
    return asked


async def test_keys_between_two_looks_at_one_field_are_read() -> None:
    def act(asked: Asked, note: int, secret: int) -> None:
        asked.press("a")

    asked = await with_form(act)
    assert asked.read == ["a"]
    assert asked.lost == 0


async def test_keys_of_a_hidden_field_between_two_looks_are_not_read() -> None:
    """Both looks find the ordinary field, and Windows is late with the news of the secret one."""

    def act(asked: Asked, note: int, secret: int) -> None:
        asked.windows.deaf = True
        asked.windows.focus_on(secret)
        asked.press("s")
        asked.windows.focus_on(note)

    asked = await with_form(act)
    assert asked.moves == 2
    assert asked.read == []
    assert asked.lost == 1


async def test_nothing_is_answered_after_the_end() -> None:
    windows, _, _ = form()
    asked = Asked(windows)
    await asked.start()
    await asked.probe.stop()
    asked.probe.ask()
    await asyncio.sleep(0)
    assert asked.answers == 0
