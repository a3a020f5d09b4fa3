"""Keyboard layouts, and a keyboard that types any text by the physical keys that give it in one of them."""

import ctypes
import unicodedata
from dataclasses import dataclass
from typing import Any, Self

from Xlib import X
from Xlib.display import Display
from Xlib.ext import xtest

from installers.quickstart.virtual_desktop.desktop import Desktop

# The key right of the space bar, Shift, Tab, Return, space, Caps Lock and End, by their codes: names change.
ALTGR, SHIFT, TAB, RETURN, SPACE, CAPS, LAST = 108, 50, 23, 36, 65, 66, 115
DEAD = {
    "\u0300": 0xFE50,
    "\u0301": 0xFE51,
    "\u0302": 0xFE52,
    "\u0303": 0xFE53,
    "\u0308": 0xFE57,
    "\u030c": 0xFE5A,
    "\u0327": 0xFE5B,
}
# What the server waits before each press: quick for a person, but not quicker than one.
EACH_MS = 12
Chord = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One layout; `language` is that of the list whose sentence is typed, "" where there is none.

    `text` is typed where no list speaks the language. `wants` are characters that show what is special
    here, `second` is text of the second group, and `dead` says that accents come from two keys.
    """

    name: str
    xkb: tuple[str, ...]
    language: str = ""
    text: str = ""
    wants: str = ""
    second: str = ""
    dead: bool = False


LAYOUTS = (
    Layout(name="us", xkb=("us",), language="en"),
    Layout(name="gb", xkb=("gb",), language="en"),
    Layout(name="pl (AltGr)", xkb=("pl",), language="pl", wants="ąęłśćżźó"),
    Layout(name="de", xkb=("de",), language="de", wants="äöüß"),
    Layout(name="fr", xkb=("fr",), language="fr", wants="éèçà"),
    Layout(
        name="us intl (dead keys)", xkb=("us", "-variant", "intl"), language="es", wants="áéíóúñ", dead=True
    ),
    Layout(name="tr", xkb=("tr",), language="tr", wants="ığşöüç"),
    Layout(name="lt", xkb=("lt",), language="lt", wants="ąčęėįšųūž"),
    Layout(name="ua", xkb=("ua",), language="uk", wants="іїє"),
    Layout(name="ara", xkb=("ara",), language="ar"),
    Layout(name="il", xkb=("il",), text="שלום לכולם"),
    Layout(name="in (Devanagari)", xkb=("in",), text="नमक कम करो"),
    Layout(
        name="us, ru (two groups)", xkb=("us,ru", "-option", "grp:caps_toggle"), text="boat ", second="лодка"
    ),
)


class LayoutKeyboard:
    """Types through XTEST in the layout that it switched to last; not for several threads at once."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._display: Any = Display(desktop.display_name)
        self._unicode = ctypes.CDLL("libxkbcommon.so.0").xkb_keysym_to_utf32
        self._layout = LAYOUTS[0]
        self._groups: list[dict[str, Chord]] = [{}, {}]
        self._dead: dict[int, Chord] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._desktop.set_layout("us", "-variant", "", "-option", "")
        self._display.close()

    def switch(self, layout: Layout) -> None:
        """Switch at run time, as a person does, and learn which keys give what."""
        first, *more = layout.xkb
        plain = () if "-variant" in more else ("-variant", "")
        self._desktop.set_layout(first, *plain, "-option", "", *more)
        self._layout = layout
        self._learn()

    def _learn(self) -> None:
        first = self._display.display.info.min_keycode
        count = self._display.display.info.max_keycode - first + 1
        self._groups, self._dead = [{}, {}], {}
        for code, symbols in enumerate(self._display.get_keyboard_mapping(first, count), first):
            if code > ALTGR:
                break
            # The core protocol's columns: two levels of each group, then two more of each.
            for group, columns in enumerate(((0, 1, 4, 5), (2, 3, 6, 7))):
                for level, column in enumerate(columns):
                    symbol = symbols[column] if column < len(symbols) else 0
                    chord = (*((SHIFT,) if level % 2 else ()), *((ALTGR,) if level > 1 else ()), code)
                    self._note(group, symbol, chord)

    def _note(self, group: int, symbol: int, chord: Chord) -> None:
        if symbol in DEAD.values() and group == 0:
            self._dead.setdefault(symbol, chord)
        character = chr(self._unicode(symbol)) if symbol else ""
        if character.isprintable() and character:
            known = self._groups[group].get(character)
            if known is None or len(chord) < len(known):
                self._groups[group][character] = chord

    def can_type(self, text: str) -> bool:
        """Tell whether this layout's first group has all of it."""
        return all(self._chords(character) for character in text)

    def type(self, text: str) -> None:
        """Press the keys that give `text`, in order."""
        for character in text:
            self._press(*self._chords(character))

    def type_second(self, text: str) -> None:
        """Switch to the second group by its key, type text there, and switch back."""
        self._press((CAPS,))
        self._press(*(self._groups[1][character] for character in text))
        self._press((CAPS,))

    def tab(self, *, back: bool = False) -> None:
        """Go to the next field, or the one before, and to its end: what is there stays."""
        self._press((SHIFT, TAB) if back else (TAB,), (LAST,))

    def enter(self) -> None:
        self._press((RETURN,))

    def _chords(self, character: str) -> tuple[Chord, ...]:
        if character == " ":
            return ((SPACE,),)
        keys = self._groups[0]
        apart = unicodedata.normalize("NFD", character)
        dead = self._dead.get(DEAD.get(apart[1:], 0))
        composed: tuple[Chord, ...] = (dead, keys[apart[0]]) if dead and apart[0] in keys else ()
        direct: tuple[Chord, ...] = (keys[character],) if character in keys else ()
        return (composed or direct) if self._layout.dead else (direct or composed)

    def _press(self, *chords: Chord) -> None:
        for chord in chords:
            for code in chord:
                xtest.fake_input(self._display, X.KeyPress, code, time=EACH_MS)
            for code in reversed(chord):
                xtest.fake_input(self._display, X.KeyRelease, code)
            self._display.sync()
