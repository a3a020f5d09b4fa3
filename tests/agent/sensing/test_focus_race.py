"""The race between a change of focus and the first key: a key meant for a secret field is never handed over.

First on fakes, where hypothesis chooses how the two channels (who has the focus, which key was pressed)
overtake each other; then on a real display, where focus and key are sent in one breath.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.backends.ports import DesktopPorts, FieldFocused, FieldRole, Foreground, KeyKind
from lamplighter_agent.sensing.desktop import DesktopSensing
from Xlib import X

from installers.quickstart.virtual_desktop.desktop import Desktop
from tests.support.fakes.accessible import FakeAccessible
from tests.support.fakes.foreground import FakeForeground
from tests.support.fakes.keys import FakeKeys
from tests.support.fakes.terminal import FakeNames, FakeTerminal
from tests.support.keyboard import RealKeyboard
from tests.support.sensed import Sensed, aside, sensing

ROUNDS = 50
# Only ever pressed while a secret field has the focus; no other text of these tests holds it.
SECRET_KEY = "x"
TERMINAL_PID, VAULT_PID = 10, 20


@dataclass(slots=True)
class ServerClock:
    """Our clock and the server's are one: milliseconds that a test moves."""

    ms: int = 1000

    def now(self) -> datetime:
        return datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.ms / 1000


class Race:
    """A terminal and a window with a password, and what is on its way from them to us."""

    def __init__(self) -> None:
        self.sensed = Sensed()
        self.clock = ServerClock()
        self.keys, self.windows, self.fields = FakeKeys(), FakeForeground(), FakeAccessible()
        self.windows.time_ms = self.clock.ms
        self.secret_in_front = False
        self.keys_on_their_way: list[Callable[[], None]] = []
        ports = DesktopPorts(
            foreground=self.windows,
            accessible=self.fields,
            keys=self.keys,
            terminal=FakeTerminal(),
            applications=FakeNames({TERMINAL_PID: "xterm", VAULT_PID: "vault"}),
        )
        self.sensing = DesktopSensing(
            ports, clock=self.clock, sink=self.sensed.sink, unseen=self.sensed.count
        )

    def later(self, ms: int) -> None:
        self.clock.ms += ms
        self.windows.time_ms = self.clock.ms

    def focus(self, *, secret: bool) -> None:
        """Move the focus at the server; the news is on its way."""
        self.secret_in_front = secret
        window = Foreground(
            window_id=2 if secret else 1,
            title="",
            pid=VAULT_PID if secret else TERMINAL_PID,
            window_class="Vault" if secret else "XTerm",
            since_ms=self.clock.ms,
        )
        self.windows.on_its_way.append(window)

    def press(self, *, space: bool) -> None:
        text = SECRET_KEY if self.secret_in_front else " " if space else "o"
        pressed_ms = self.clock.ms
        self.keys_on_their_way.append(lambda: self.keys.press(KeyKind.TEXT, text, time_ms=pressed_ms))

    def hear_focus(self) -> None:
        if self.windows.on_its_way:
            self.windows.show(self.windows.on_its_way.pop(0))
            role = FieldRole.SECRET if self.secret_in_front else FieldRole.OTHER
            self.fields.tell(FieldFocused(field_key="f", role=role, pid=VAULT_PID))

    def hear_key(self) -> None:
        if self.keys_on_their_way:
            self.keys_on_their_way.pop(0)()


STEPS: dict[str, Callable[[Race], None]] = {
    "a millisecond": lambda race: race.later(1),
    "a while": lambda race: race.later(40),
    "to the secret": lambda race: race.focus(secret=True),
    "to the terminal": lambda race: race.focus(secret=False),
    "a key": lambda race: race.press(space=False),
    "a space": lambda race: race.press(space=True),
    "news of the focus": Race.hear_focus,
    "news of a key": Race.hear_key,
}


def run(steps: list[str]) -> Sensed:
    async def play() -> Sensed:
        race = Race()
        await race.sensing.start()
        race.focus(secret=False)
        race.hear_focus()
        for step in [*steps, *["news of the focus", "news of a key"] * len(steps)]:
            STEPS[step](race)
        await race.sensing.stop()
        return race.sensed

    return asyncio.run(play())


@given(steps=st.lists(st.sampled_from(list(STEPS)), max_size=40))
def test_whichever_news_comes_first_no_secret_key_is_handed_over(steps: list[str]) -> None:
    assert SECRET_KEY not in run(steps).everything()


SAME_MILLISECOND = ["to the secret", "a key", "to the terminal", "news of the focus", "news of the focus"]


@pytest.mark.parametrize("order", ["key first", "focus first"])
def test_each_order_of_the_first_key(order: str) -> None:
    news = ["news of a key", "news of the focus"]
    steps = ["a millisecond", "to the secret", "a key", *(news if order == "key first" else news[::-1])]
    back = ["a millisecond", "to the terminal", "a millisecond", "a key", "a space"]
    sensed = run([*steps * ROUNDS, *back, "news of the focus", *["news of a key"] * 2])
    assert SECRET_KEY not in sensed.everything()
    # The same keys in the terminal are read: silence alone would prove nothing.
    assert "o " in sensed.everything()


def test_a_key_of_the_very_millisecond_of_the_change_is_nobody_s() -> None:
    sensed = run([*SAME_MILLISECOND, "news of a key", "a millisecond", "a space", "news of a key"])
    assert SECRET_KEY not in sensed.everything()


def give_focus(keyboard: RealKeyboard, window: int) -> None:
    """Ask the server itself, on the keyboard's connection: the next key follows with nothing in between."""
    keyboard.display.set_input_focus(window, X.RevertToParent, X.CurrentTime)


async def test_real_windows_focus_and_key_in_one_breath(desktop: Desktop, tmp_path: Path) -> None:
    vault_got, shell_got = tmp_path / "vault", desktop.home / "shell"
    with RealKeyboard(desktop) as keyboard:
        async with sensing(desktop.environment) as sensed:
            vault = await aside(desktop.open_gtk_entry, "vault", secret=True, answer=vault_got)
            shell = await aside(desktop.open_xterm, "shell", ["bash", "-c", f"exec cat > {shell_got}"])

            def rounds() -> None:
                for number in range(ROUNDS):
                    give_focus(keyboard, vault.id)
                    keyboard.tap(SECRET_KEY)
                    give_focus(keyboard, shell.id)
                    if number % 2:
                        keyboard.tap("o")
                        keyboard.tap("space")

            await aside(rounds)
            await aside(desktop.focus, shell)
            await aside(desktop.key, "Return")
            await aside(desktop.type_text, "echo lantern")
            await aside(desktop.key, "Return")
            await sensed.text("lantern")
            await aside(desktop.focus, vault)
            await aside(desktop.key, "Return")
            await aside(vault.process.wait, 10)
            # The window manager may move the focus back under a tap: what each window received decides.
            assert vault_got.read_text().count(SECRET_KEY) > ROUNDS // 2
            strayed = shell_got.read_text().count(SECRET_KEY)
            assert max(typed.text.count(SECRET_KEY) for typed in sensed.typed) <= strayed


async def test_real_fields_tab_and_key_in_one_breath(desktop: Desktop) -> None:
    with RealKeyboard(desktop) as keyboard:
        async with sensing(desktop.environment) as sensed:
            await aside(desktop.open_qt_field, "two fields", secret=True)

            def rounds() -> None:
                for _ in range(ROUNDS):
                    for key in (SECRET_KEY, "Tab", "o", "space", "Tab"):
                        keyboard.tap(key)
                keyboard.tap("Tab")

            await aside(rounds)
            await aside(desktop.type_text, "lantern ")
            await sensed.text("lantern")
            assert SECRET_KEY not in "".join(typed.text for typed in sensed.typed)
