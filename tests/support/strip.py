"""What a person sees of the strip, and what another program of the session can do to it: a plain X client."""

from collections import Counter
from typing import Any

from lamplighter_agent.backends.linux._xlib import opened
from Xlib import X
from Xlib.error import XError
from Xlib.protocol import event

AMBER = (0xF6, 0xB9, 0x3B)
DUSK = (0x10, 0x28, 0x3A)
WHITE = (0xFF, 0xFF, 0xFF)


def find_strip(display: Any) -> Any | None:
    """The strip's window, or None while there is none."""
    for window in display.screen().root.query_tree().children:
        try:
            ours = window.get_wm_class() == ("lamplighter", "Lamplighter")
            if ours and window.get_attributes().override_redirect:
                return window
        except XError:
            continue
    return None


def colours(display: Any, *, top: int = 0) -> Counter[tuple[int, int, int]]:
    """What is really on the glass where the strip belongs: colours and how many pixels of each."""
    root = display.screen().root
    size = root.get_geometry()
    data = root.get_image(0, top, size.width, 24, X.ZPixmap, 0xFFFFFFFF).data
    return counted(data)


def counted(data: bytes) -> Counter[tuple[int, int, int]]:
    """Count the colours of pixels as the X server has them."""
    return Counter((data[at + 2], data[at + 1], data[at]) for at in range(0, len(data), 4))


def is_readable(display: Any, *, top: int = 0) -> bool:
    """Lamp, words and ground are all there, at the top of the screen."""
    return reads(colours(display, top=top))


def reads(seen: Counter[tuple[int, int, int]]) -> bool:
    """Lamp, words and ground are all among these colours."""
    return seen[AMBER] > 300 and seen[WHITE] > 100 and seen[DUSK] > sum(seen.values()) // 2


class Stranger:
    """Another client of the same display."""

    def __init__(self, display_name: str) -> None:
        self.display = opened(display_name)
        self.root = self.display.screen().root

    def close(self) -> None:
        self.display.close()

    def strip(self) -> Any:
        found = find_strip(self.display)
        assert found is not None, "there is no strip"
        return found

    def window(self, *, height: int = 300, override_redirect: bool = True) -> Any:
        """A white window over the top of the screen."""
        width = self.root.get_geometry().width
        white = self.display.screen().white_pixel
        window = self.root.create_window(
            0,
            0,
            width,
            height,
            0,
            X.CopyFromParent,
            background_pixel=white,
            override_redirect=override_redirect,
            event_mask=X.StructureNotifyMask | X.VisibilityChangeMask,
        )
        window.map()
        self.display.sync()
        return window

    def panel(self, *, height: int) -> Any:
        """A panel along the top edge, as desktops have one."""
        width = self.root.get_geometry().width
        window = self.root.create_window(0, 0, width, height, 0, X.CopyFromParent)
        atom, cardinal = (self.display.intern_atom(name) for name in ("ATOM", "CARDINAL"))
        dock = self.display.intern_atom("_NET_WM_WINDOW_TYPE_DOCK")
        window.change_property(self.display.intern_atom("_NET_WM_WINDOW_TYPE"), atom, 32, [dock])
        strut = [0, 0, height, 0, 0, 0, 0, 0, 0, width - 1, 0, 0]
        window.change_property(self.display.intern_atom("_NET_WM_STRUT_PARTIAL"), cardinal, 32, strut)
        window.map()
        self.display.sync()
        return window

    def set_opacity(self, value: int) -> None:
        opacity, cardinal = (
            self.display.intern_atom(name) for name in ("_NET_WM_WINDOW_OPACITY", "CARDINAL")
        )
        self.strip().change_property(opacity, cardinal, 32, [value])
        self.display.sync()

    def add_state(self, window: int, *names: str) -> None:
        """Ask the window manager for states such as full screen, as a program or a key binding does."""
        atoms = [self.display.intern_atom(name) for name in names]
        managed = self.display.create_resource_object("window", window)
        asked = event.ClientMessage(
            window=managed,
            client_type=self.display.intern_atom("_NET_WM_STATE"),
            data=(32, [1, *atoms, *[0] * (4 - len(atoms))]),
        )
        self.root.send_event(asked, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self.display.sync()
