"""libxkbcommon, libxkbcommon-x11 and libxcb by ctypes: what a key means in the layout of the moment.

Raw calls only; which keys matter is decided elsewhere. The libraries ship with every desktop. A `Keymap`
belongs to one thread.
"""

import ctypes
from ctypes import POINTER, c_char_p, c_int, c_int32, c_size_t, c_uint16, c_uint32, c_void_p
from dataclasses import dataclass
from typing import Any

from lamplighter_agent.errors import BackendUnavailable

PORT = "KeySource"
REMEDY = "install libxkbcommon0 and libxkbcommon-x11-0"
COMPOSING, COMPOSED, CANCELLED = 1, 2, 3
FEED_ACCEPTED = 1
# The core protocol's state: eight modifier bits below, the layout group in bits 13 and 14.
MODIFIERS = 0xFF
GROUP_SHIFT = 13
GROUP_MASK = 3
NAMED_LIBRARIES = ("libxcb.so.1", "libxkbcommon.so.0", "libxkbcommon-x11.so.0")

Prototypes = dict[str, tuple[Any, list[Any]]]

_XCB: Prototypes = {
    "xcb_connect": (c_void_p, [c_char_p, c_void_p]),
    "xcb_connection_has_error": (c_int, [c_void_p]),
    "xcb_disconnect": (None, [c_void_p]),
}
_XKB: Prototypes = {
    "xkb_context_new": (c_void_p, [c_int]),
    "xkb_context_unref": (None, [c_void_p]),
    "xkb_state_new": (c_void_p, [c_void_p]),
    "xkb_state_unref": (None, [c_void_p]),
    "xkb_keymap_unref": (None, [c_void_p]),
    "xkb_state_update_mask": (c_int, [c_void_p] + [c_uint32] * 6),
    "xkb_state_key_get_one_sym": (c_uint32, [c_void_p, c_uint32]),
    "xkb_state_key_get_utf8": (c_int, [c_void_p, c_uint32, c_char_p, c_size_t]),
    "xkb_compose_table_new_from_locale": (c_void_p, [c_void_p, c_char_p, c_int]),
    "xkb_compose_table_unref": (None, [c_void_p]),
    "xkb_compose_state_new": (c_void_p, [c_void_p, c_int]),
    "xkb_compose_state_unref": (None, [c_void_p]),
    "xkb_compose_state_feed": (c_int, [c_void_p, c_uint32]),
    "xkb_compose_state_get_status": (c_int, [c_void_p]),
    "xkb_compose_state_get_utf8": (c_int, [c_void_p, c_char_p, c_size_t]),
    "xkb_compose_state_reset": (None, [c_void_p]),
}
_X11: Prototypes = {
    "xkb_x11_setup_xkb_extension": (
        c_int,
        [c_void_p, c_uint16, c_uint16, c_int, POINTER(c_uint16), POINTER(c_uint16), c_void_p, c_void_p],
    ),
    "xkb_x11_get_core_keyboard_device_id": (c_int32, [c_void_p]),
    "xkb_x11_keymap_new_from_device": (c_void_p, [c_void_p, c_void_p, c_int32, c_int]),
}


@dataclass(frozen=True, slots=True)
class Libraries:
    """The three loaded libraries."""

    xcb: Any
    xkb: Any
    x11: Any


def load(names: tuple[str, str, str] = NAMED_LIBRARIES) -> Libraries:
    """Load the libraries; raise `BackendUnavailable` naming the first that is missing."""
    loaded = []
    for name, prototypes in zip(names, (_XCB, _XKB, _X11), strict=True):
        try:
            library = ctypes.CDLL(name)
            for function, (result, arguments) in prototypes.items():
                found = getattr(library, function)
                found.restype, found.argtypes = result, arguments
        except (OSError, AttributeError) as error:
            raise BackendUnavailable(PORT, f"{name} is missing or too old", REMEDY) from error
        loaded.append(library)
    return Libraries(*loaded)


class Keymap:
    """The keyboard of one display: keycode and state in, key symbol and text out."""

    def __init__(self, libraries: Libraries, display_name: str, locale: str) -> None:
        self._lib = libraries
        self._keymap: int | None = None
        self._state: int | None = None
        self._compose: int | None = None
        self._context: int | None = None
        self._buffer = ctypes.create_string_buffer(64)
        self._connection: int | None = libraries.xcb.xcb_connect(display_name.encode(), None)
        try:
            self._open(locale)
        except BackendUnavailable:
            self.close()
            raise

    def _open(self, locale: str) -> None:
        lib = self._lib
        if lib.xcb.xcb_connection_has_error(self._connection):
            raise BackendUnavailable(PORT, "the display refused a connection", "check DISPLAY and XAUTHORITY")
        if not lib.x11.xkb_x11_setup_xkb_extension(self._connection, 1, 0, 0, None, None, None, None):
            raise BackendUnavailable(PORT, "the display has no XKB extension", "use an X server with XKB")
        self._context = lib.xkb.xkb_context_new(0)
        self.reload()
        for name in (locale, "en_US.UTF-8"):
            table = lib.xkb.xkb_compose_table_new_from_locale(self._context, name.encode(), 0)
            if table:
                self._compose = lib.xkb.xkb_compose_state_new(table, 0)
                lib.xkb.xkb_compose_table_unref(table)
                return

    @property
    def composes(self) -> bool:
        """Whether dead keys can be joined: the system has a compose table."""
        return self._compose is not None

    def reload(self) -> None:
        """Read the layout anew: the display says that it changed."""
        lib = self._lib
        device = lib.x11.xkb_x11_get_core_keyboard_device_id(self._connection)
        keymap = lib.x11.xkb_x11_keymap_new_from_device(self._context, self._connection, device, 0)
        if not keymap:
            raise BackendUnavailable(PORT, "the keyboard layout can't be read", REMEDY)
        self._drop_keymap()
        self._keymap, self._state = keymap, lib.xkb.xkb_state_new(keymap)

    def press(self, keycode: int, state: int) -> tuple[int, str]:
        """Return the symbol and the text of one press; the text is empty within a dead-key sequence."""
        xkb, buffer = self._lib.xkb, self._buffer
        group = (state >> GROUP_SHIFT) & GROUP_MASK
        xkb.xkb_state_update_mask(self._state, state & MODIFIERS, 0, 0, 0, 0, group)
        symbol = int(xkb.xkb_state_key_get_one_sym(self._state, keycode))
        if self._compose is not None and xkb.xkb_compose_state_feed(self._compose, symbol) == FEED_ACCEPTED:
            status = xkb.xkb_compose_state_get_status(self._compose)
            if status == COMPOSING:
                return symbol, ""
            if status == COMPOSED:
                xkb.xkb_compose_state_get_utf8(self._compose, buffer, len(buffer))
                xkb.xkb_compose_state_reset(self._compose)
                return symbol, buffer.value.decode("utf-8", "ignore")
            if status == CANCELLED:
                xkb.xkb_compose_state_reset(self._compose)
                return symbol, ""
        xkb.xkb_state_key_get_utf8(self._state, keycode, buffer, len(buffer))
        return symbol, buffer.value.decode("utf-8", "ignore")

    def close(self) -> None:
        """Give everything back."""
        lib = self._lib
        self._drop_keymap()
        if self._compose is not None:
            lib.xkb.xkb_compose_state_unref(self._compose)
        if self._context is not None:
            lib.xkb.xkb_context_unref(self._context)
        if self._connection is not None:
            lib.xcb.xcb_disconnect(self._connection)
        self._compose = self._context = self._connection = None

    def _drop_keymap(self) -> None:
        if self._state is not None:
            self._lib.xkb.xkb_state_unref(self._state)
        if self._keymap is not None:
            self._lib.xkb.xkb_keymap_unref(self._keymap)
        self._state = self._keymap = None
