"""Physical keys on a real display through XTEST: what a key gives is up to the layout."""

from typing import Any, Self

from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest

from installers.quickstart.virtual_desktop.desktop import Desktop

# Names of keys that are not their own US letter.
NAMED = {
    "space": "space",
    "apostrophe": "apostrophe",
    "equal": "equal",
    "BackSpace": "BackSpace",
    "Return": "Return",
    "Left": "Left",
    "Tab": "Tab",
    "shift-alone": "Shift_L",
}
MODIFIERS = {"shift": "Shift_L", "ctrl": "Control_L", "alt": "Alt_L"}
# The key right of the space bar, by its code: in most layouts it has another name.
ALTGR_CODE = 108


class RealKeyboard:
    """Presses keys by their place on a US keyboard."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        desktop.set_layout("us", "-option", "")
        self.display: Any = Display(desktop.display_name)
        names = [*"abcdefghijklmnopqrstuvwxyz0123456789", *NAMED.values(), *MODIFIERS.values()]
        self._codes = {name: self.display.keysym_to_keycode(XK.string_to_keysym(name)) for name in names}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._desktop.set_layout("us", "-option", "")
        self.display.close()

    def layout(self, name: str, *options: str) -> None:
        self._desktop.set_layout(name, *options)

    def tap(self, key: str, *modifiers: str) -> None:
        held = [ALTGR_CODE if name == "altgr" else self._codes[MODIFIERS[name]] for name in modifiers]
        for code in [*held, self._codes[NAMED.get(key, key)]]:
            xtest.fake_input(self.display, X.KeyPress, code)
        for code in reversed([*held, self._codes[NAMED.get(key, key)]]):
            xtest.fake_input(self.display, X.KeyRelease, code)
        self.display.sync()
