"""The race between focus and first key, on a pretended Mac that withholds nothing itself."""

import random
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from lamplighter_agent.backends.macos import ax_text
from lamplighter_agent.backends.macos.ax_text import AxText
from lamplighter_agent.backends.ports import (
    AccessibleEvent,
    FieldFocused,
    FieldRole,
    TextInserted,
    TextLost,
)

from tests.support.fakes.mac import MacKeyboard, PretendedMac
from tests.support.sensed import eventually

ROUNDS = 50
SECRET_KEY = "x"
SECRETLY = FieldFocused(field_key="ordinary", role=FieldRole.SECRET, pid=7)


class Race:
    """An ordinary and a secret field; `x` is only ever pressed in the secret one."""

    def __init__(self) -> None:
        self.mac = PretendedMac()
        self.keyboard = MacKeyboard(self.mac)
        self.text = AxText(self.mac.opens)
        self.events: list[AccessibleEvent] = []

    def ordinary(self, *, tell: bool = True) -> None:
        self.mac.give_focus("ordinary", "AXTextField", tell=tell)

    def secret(self, *, tell: bool = True) -> None:
        self.mac.give_focus("secret", "AXTextField", "AXSecureTextField", tell=tell)

    def press(self) -> None:
        element = self.mac.element
        self.keyboard.tap(SECRET_KEY if element is not None and element.key == "secret" else "o")

    @property
    def typed(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextInserted))

    async def reads(self) -> None:
        """Type until an ordinary key is read: whatever was held before the first has been settled by then."""
        self.ordinary()
        before = len(self.typed)

        def again() -> bool:
            self.keyboard.tap("o")
            return len(self.typed) > before

        await eventually(again, "an ordinary key")


@pytest_asyncio.fixture
async def race(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Race]:
    monkeypatch.setattr(ax_text, "HOLD_S", 0.005)
    race = Race()
    race.ordinary()
    await race.text.start(race.events.append, lambda _: None)
    yield race
    await race.text.stop()
    assert race.mac.listeners == 0


def key_first(race: Race) -> None:
    race.secret(tell=False)
    race.press()
    race.mac.tell_focus()


def focus_first(race: Race) -> None:
    race.secret()
    race.press()


def there_and_back(race: Race) -> None:
    race.secret(tell=False)
    race.press()
    race.ordinary(tell=False)
    # Two changes, two pieces of news, both later than the key.
    race.mac.tell_focus()
    race.mac.tell_focus()


def typing_before(race: Race) -> None:
    race.press()
    race.secret()
    race.press()


ORDERS: list[Callable[[Race], None]] = [key_first, focus_first, there_and_back, typing_before]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.__name__)
async def test_no_secret_key_is_told_whichever_news_comes_first(
    race: Race, order: Callable[[Race], None]
) -> None:
    for _ in range(ROUNDS):
        order(race)
        race.ordinary()
    await race.reads()
    assert SECRET_KEY not in race.typed


async def test_nor_in_any_mixture(race: Race) -> None:
    # Seeded: the same mixture each time.
    mixture = random.Random(5)
    for _ in range(4 * ROUNDS):
        mixture.choice(ORDERS)(race)
        if mixture.random() < 0.5:
            race.ordinary()
            race.press()
    await race.reads()
    assert SECRET_KEY not in race.typed


async def test_secure_input_makes_any_field_a_secret(race: Race) -> None:
    race.mac.secure = True
    race.mac.tell_focus()
    await eventually(lambda: race.events[-1:] == [SECRETLY], "the secret")
    race.keyboard.tap(SECRET_KEY)
    asked = race.mac.secure_asked
    await eventually(lambda: race.mac.secure_asked > asked, "the key")
    race.mac.secure = False
    await race.reads()
    assert SECRET_KEY not in race.typed


async def test_what_was_held_when_the_focus_moved_is_counted(race: Race) -> None:
    race.press()
    race.mac.give_focus("another", "AXTextArea")
    await eventually(lambda: TextLost(count=1) in race.events, "the loss")
    assert race.typed == ""
