"""A keyboard for the fake key source: the few layouts that the contract types in."""

from functools import partial

from lamplighter_agent.backends.ports import KeyKind

from tests.support.fakes.keys import FakeKeys

LAYOUTS: dict[str, dict[tuple[str, ...], str]] = {
    "gb": {("3", "shift"): "£"},
    "de": {("z", "shift"): "Y", ("equal",): "´"},
    "ru": {("a", "shift"): "Ф", ("a",): "ф", ("s",): "ы"},
    "pl": {("a", "altgr"): "ą", ("l", "altgr"): "ł", ("e", "altgr", "shift"): "Ę"},
}
ACCENTS = {"e": "é", "a": "á"}
CONTROLS = {
    "h": KeyKind.BACKSPACE,
    "BackSpace": KeyKind.DELETE_WORD,
    "w": KeyKind.DELETE_WORD,
    "m": KeyKind.ENTER,
}
NAMED = {
    "BackSpace": KeyKind.BACKSPACE,
    "Return": KeyKind.ENTER,
    "Left": KeyKind.MOVE,
    "Tab": KeyKind.MOVE,
}


class FakeKeyboard:
    """Presses the keys of a `FakeKeys`."""

    def __init__(self, keys: FakeKeys) -> None:
        self._keys = keys
        self._layouts = ["us"]
        self._accent = False
        self._time_ms = 0

    def layout(self, name: str, *_options: str) -> None:
        self._layouts = name.split(",")

    def tap(self, key: str, *modifiers: str) -> None:
        self._time_ms += 1
        if key == "shift-alone":
            self._layouts.reverse()
            return
        if "ctrl" in modifiers or "alt" in modifiers:
            kind = CONTROLS.get(key, KeyKind.MOVE) if "ctrl" in modifiers else KeyKind.MOVE
            self._press(kind)
        elif key in NAMED:
            self._press(NAMED[key])
        else:
            self._text(key, modifiers)

    def _press(self, kind: KeyKind, text: str = "") -> None:
        # As from a thread of a real source; before the first start nobody listens.
        if self._keys.loop is not None:
            press = partial(self._keys.press, kind, text, time_ms=self._time_ms)
            self._keys.loop.call_soon_threadsafe(press)

    def _text(self, key: str, modifiers: tuple[str, ...]) -> None:
        text = LAYOUTS.get(self._layouts[0], {}).get((key, *modifiers))
        if text == "´":
            self._accent = True
            return
        if text is None:
            text = " " if key == "space" else key.upper() if "shift" in modifiers else key
        if self._accent:
            self._accent, text = False, ACCENTS[text]
        self._press(KeyKind.TEXT, text)
