"""A pretended Mac: answers what the macOS backends ask as a test says. It proves nothing of a real one."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from lamplighter_agent.backends.macos.lamp_or_strip import LampOrStrip
from lamplighter_agent.backends.macos.system import (
    Close,
    FocusedElement,
    FrontWindow,
    Lamp,
    LampPresses,
    LampWords,
    TapKey,
    TapStopped,
)

from tests.support.fakes.keyboard import LAYOUTS

T = TypeVar("T")
CODES = {"BackSpace": 0x33, "Return": 0x24, "Left": 0x7B, "Tab": 0x30, "space": 0x31}
FLAGS = {"shift": 1 << 17, "ctrl": 1 << 18, "altgr": 1 << 19, "alt": 1 << 20}
LETTER = 0x00


class PretendedLamp:
    """A status item that a test takes away; it can be put back."""

    def __init__(self, words: LampWords, covered: Callable[[], str] = str) -> None:
        self.words = words
        self.gone = ""
        self._covered = covered
        self.removed = False

    def missing(self) -> str:
        return self._covered() or self.gone

    def says(self, words: LampWords) -> None:
        self.words = words

    def restore(self) -> None:
        self.gone = ""

    def remove(self) -> None:
        self.removed = True


class _Away(PretendedLamp):
    """An item in a menu bar that is away."""

    def __init__(self, lamp: PretendedLamp) -> None:
        super().__init__(lamp.words)
        self._lamp = lamp

    def missing(self) -> str:
        return "something covers the item in the menu bar"

    def remove(self) -> None:
        self._lamp.remove()


@dataclass
class PretendedStrip:
    """Fills `Strip`: it is up until a test takes it away or covers it."""

    shown: list[LampWords] = field(default_factory=list)
    up: bool = False
    covered: str = ""

    def show(self, words: LampWords) -> None:
        self.shown.append(words)
        self.up = True

    def hide(self) -> None:
        self.up = False

    def missing(self) -> str:
        return self.covered if self.up else "the strip was taken away"


class PretendedMac:
    """Fills `System`. Its news come from a thread that is not the loop's, as on a Mac."""

    def __init__(self) -> None:
        self.granted = True
        self.secure = False
        self.secure_asked = 0
        self.is_in_front = True
        self.front_asked = 0
        # Why a person can't see an item that is put into the menu bar; "" where there is room.
        self.hidden = ""
        # Why nobody can see any item, however often it is put there.
        self.covered = ""
        self.element: FocusedElement | None = None
        self.window: FrontWindow | None = None
        self.lamp: PretendedLamp | None = None
        self.presses: LampPresses | None = None
        # A program fills the screen, and the menu bar is away.
        self.full_screen = False
        self.strip = PretendedStrip()
        self._clock = itertools.count(1000)
        self._taps: list[Callable[[TapKey | TapStopped], None]] = []
        self._window_watchers: list[tuple[Callable[[], None], Callable[[], None]]] = []
        self._focus_watchers: list[Callable[[], None]] = []

    def opens(self) -> "PretendedMac":
        return self

    # --- what the backends ask ---

    def may_listen(self) -> bool:
        return self.granted

    def trusted(self) -> bool:
        return self.granted

    def secure_input(self) -> bool:
        self.secure_asked += 1
        return self.secure

    def in_front(self) -> bool:
        self.front_asked += 1
        return self.is_in_front

    def now_ms(self) -> int:
        return next(self._clock) % 2**32

    def listen(self, heard: Callable[[TapKey | TapStopped], None]) -> Close | None:
        return _joined(self._taps, heard)

    def watch_windows(self, changed: Callable[[], None], retitled: Callable[[], None]) -> Close:
        return _joined(self._window_watchers, (changed, retitled))

    def watch_focus(self, changed: Callable[[], None]) -> Close:
        return _joined(self._focus_watchers, changed)

    def front(self) -> FrontWindow | None:
        return self.window

    def focus(self) -> FocusedElement | None:
        return self.element

    def show_lamp(self, words: LampWords, presses: LampPresses) -> Lamp:
        self.lamp, self.presses = PretendedLamp(words, lambda: self.covered), presses
        self.lamp.gone = self.hidden
        return LampOrStrip(_Away(self.lamp), self.strip, words) if self.full_screen else self.lamp

    # --- what a test does ---

    @property
    def listeners(self) -> int:
        return len(self._taps) + len(self._window_watchers) + len(self._focus_watchers)

    def press(self, code: int, text: str = "", flags: int = 0) -> None:
        news = TapKey(code=code, flags=flags, text=text, time_ms=self.now_ms())
        for heard in self._taps:
            _apart(lambda heard=heard: heard(news))  # type: ignore[misc]

    def switch_tap_off(self) -> None:
        for heard in list(self._taps):
            _apart(lambda heard=heard: heard(TapStopped("too slow")))  # type: ignore[misc]

    def withdraw(self) -> None:
        """Take the permissions away; whoever listens hears that something changed."""
        self.granted = False
        self.switch_tap_off()
        self.tell_windows()

    def put_in_front(self, window: FrontWindow | None, *, tell: bool = True) -> None:
        self.window = window
        if tell:
            self.tell_windows()

    def tell_windows(self) -> None:
        for changed, _ in list(self._window_watchers):
            _apart(changed)

    def give_focus(self, key: str, role: str, subrole: str = "", *, tell: bool = True) -> None:
        self.element = FocusedElement(key=key, pid=7, role=role, subrole=subrole)
        if tell:
            self.tell_focus()

    def tell_focus(self) -> None:
        for changed in list(self._focus_watchers):
            _apart(changed)

    def retitle(self, title: str) -> None:
        assert self.window is not None
        self.window = replace(self.window, title=title)
        for _, retitled in list(self._window_watchers):
            _apart(retitled)


class MacKeyboard:
    """Presses the keys of a pretended Mac: `alt` is Command there, `altgr` is Option."""

    def __init__(self, mac: PretendedMac) -> None:
        self._mac = mac
        self._layouts = ["us"]

    def layout(self, name: str, *_options: str) -> None:
        self._layouts = name.split(",")

    def tap(self, key: str, *modifiers: str) -> None:
        if key == "shift-alone":
            # Modifiers by themselves are no key-down events.
            self._layouts.reverse()
            return
        flags = sum(FLAGS[name] for name in modifiers)
        self._mac.press(CODES.get(key, LETTER), self._text(key, modifiers), flags)

    def _text(self, key: str, modifiers: tuple[str, ...]) -> str:
        if key in CODES:
            return {"space": " ", "Return": "\r", "Tab": "\t", "BackSpace": "\x7f"}.get(key, "\uf702")
        if "ctrl" in modifiers:
            return chr(ord(key) & 0x1F)
        text = LAYOUTS.get(self._layouts[0], {}).get((key, *modifiers))
        if text == "´":
            return ""
        return text or (key.upper() if "shift" in modifiers else key)


def _joined(listeners: list[T], one: T) -> Close:
    listeners.append(one)
    return lambda: listeners.remove(one)


def _apart(work: Callable[[], None]) -> None:
    """Call from another thread, and wait until it has been called."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
