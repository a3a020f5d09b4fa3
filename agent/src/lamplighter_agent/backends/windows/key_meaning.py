"""What a Windows virtual key and the modifiers make of a key press, and how two keys become an accent. Pure.

Windows would compose dead keys itself, but asking it changes what the person's own window gets. So it is
asked without changing anything, and the accent is put on the letter here.
"""

import unicodedata

from lamplighter_agent.backends.ports import KeyKind

BACK, TAB, RETURN, SHIFT, CONTROL, ALT, CAPITAL, ESCAPE = 0x08, 0x09, 0x0D, 0x10, 0x11, 0x12, 0x14, 0x1B
LEFT_WIN, RIGHT_WIN, NUM_LOCK, SCROLL_LOCK = 0x5B, 0x5C, 0x90, 0x91
LEFT_SHIFT, RIGHT_SHIFT, LEFT_CONTROL, RIGHT_CONTROL, LEFT_ALT, RIGHT_ALT = 0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5
# Text that no key makes: an on-screen keyboard, handwriting, emoji. Its "scan code" is the character.
PACKET = 0xE7
GENERIC = {
    LEFT_SHIFT: SHIFT,
    RIGHT_SHIFT: SHIFT,
    LEFT_CONTROL: CONTROL,
    RIGHT_CONTROL: CONTROL,
    LEFT_ALT: ALT,
    RIGHT_ALT: ALT,
}
TOGGLES = (CAPITAL, NUM_LOCK, SCROLL_LOCK)
MODIFIERS = frozenset({*GENERIC, *GENERIC.values(), *TOGGLES, LEFT_WIN, RIGHT_WIN})
HELD = (*GENERIC, LEFT_WIN, RIGHT_WIN)
# Navigation, Escape, Insert, Delete, F1 to F24, the menu key: the insertion point is no longer known.
MOVES = frozenset({TAB, ESCAPE, *range(0x21, 0x2F), 0x5D, *range(0x70, 0x88)})
CONTROL_KEYS = {
    ord("H"): KeyKind.BACKSPACE,
    ord("M"): KeyKind.ENTER,
    ord("J"): KeyKind.ENTER,
    ord("W"): KeyKind.DELETE_WORD,
}
# What stands for an accent when it is typed alone, and the mark that goes on the next letter.
MARKS = {
    "`": "\u0300",
    "\u00b4": "\u0301",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "\u00af": "\u0304",
    "\u02d8": "\u0306",
    "\u02d9": "\u0307",
    "\u00a8": "\u0308",
    '"': "\u0308",
    "\u00b0": "\u030a",
    "\u02da": "\u030a",
    "\u02dd": "\u030b",
    "\u02c7": "\u030c",
    "\u00b8": "\u0327",
    ",": "\u0327",
    "\u02db": "\u0328",
    "\u0384": "\u0301",
    "\u0385": "\u0308\u0301",
}


class Modifiers:
    """Which modifiers are held, by the hook's own order of events: asking Windows later would be too late."""

    def __init__(self) -> None:
        self._down: set[int] = set()
        self._on: set[int] = set()

    def reset(self, down: set[int], on: set[int]) -> None:
        """Take what Windows says: a release may have gone to another desktop, such as the locked one."""
        self._down, self._on = set(down) & set(HELD), set(on) & set(TOGGLES)

    def press(self, key: int) -> None:
        if key in HELD:
            self._down.add(key)
        elif key in TOGGLES:
            self._on ^= {key}

    def release(self, key: int) -> None:
        self._down.discard(key)

    @property
    def control(self) -> bool:
        return not self._down.isdisjoint((LEFT_CONTROL, RIGHT_CONTROL))

    @property
    def alt(self) -> bool:
        return not self._down.isdisjoint((LEFT_ALT, RIGHT_ALT))

    @property
    def windows(self) -> bool:
        return not self._down.isdisjoint((LEFT_WIN, RIGHT_WIN))

    def states(self) -> bytes:
        """Return the 256 key states that ToUnicodeEx wants."""
        held = bytearray(256)
        for key in self._down:
            held[key] = 0x80
            held[GENERIC.get(key, key)] = 0x80
        for key in self._on:
            held[key] = 1
        return bytes(held)


def classify(key: int, text: str, held: Modifiers) -> tuple[KeyKind, str] | None:
    """Return what the press means and its text; None where it means nothing by itself."""
    kind = _kind(key, text, held)
    return None if kind is None else (kind, text if kind is KeyKind.TEXT else "")


def _kind(key: int, text: str, held: Modifiers) -> KeyKind | None:
    if key in MODIFIERS or key == PACKET:
        return KeyKind.TEXT if key == PACKET and _is_text(text) else None
    if key == BACK:
        return KeyKind.DELETE_WORD if held.control or held.alt else KeyKind.BACKSPACE
    if key == RETURN or key in MOVES:
        return KeyKind.ENTER if key == RETURN else KeyKind.MOVE
    # AltGr is Control and Alt: with both a key makes text or nothing, with one it is a shortcut.
    if held.windows or held.control != held.alt:
        return CONTROL_KEYS.get(key, KeyKind.MOVE) if held.control and not held.windows else KeyKind.MOVE
    if _is_text(text):
        return KeyKind.TEXT
    return KeyKind.MOVE if held.control else None


class DeadKeys:
    """Puts an accent that waits on the next letter."""

    def __init__(self) -> None:
        self._waiting = ""

    def clear(self) -> None:
        self._waiting = ""

    def text(self, count: int, text: str) -> str:
        """Return the text of a press by ToUnicodeEx's `count` (negative: a dead key) and its text."""
        waiting = self._waiting
        if count < 0:
            if not waiting:
                self._waiting = text
                return ""
            # Two accents: Windows gives both.
            self._waiting = ""
            return waiting + text
        if not text or not waiting:
            return text
        self._waiting = ""
        if text == " ":
            return waiting
        mark = MARKS.get(waiting)
        composed = unicodedata.normalize("NFC", text[0] + mark) if mark else ""
        return composed + text[1:] if len(composed) == 1 else waiting + text


def _is_text(text: str) -> bool:
    return bool(text) and not any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in text)


class Surrogates:
    """Joins the two halves in which Windows hands over a character beyond 16 bits, such as an emoji."""

    def __init__(self) -> None:
        self._high = 0

    def text(self, unit: int) -> str:
        """Return the character that this UTF-16 unit completes, "" where it is a half."""
        high, self._high = self._high, 0
        if 0xD800 <= unit < 0xDC00:
            self._high = unit
            return ""
        if 0xDC00 <= unit < 0xE000:
            return chr(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00)) if high else ""
        return chr(unit)
