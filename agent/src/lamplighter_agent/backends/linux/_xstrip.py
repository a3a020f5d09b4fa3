"""The strip as an X11 window: draw it, look whether it can really be seen, put it right.

Raw Xlib only; when to look and how often to try is `indicator.py`'s. Every call asks the server afresh,
because any other program of the session may have changed the window since: X11 keeps nobody from another's
window.

Two windows, since neither kind alone is right. The strip is override-redirect: no window manager may move,
iconify or restack it, and it can be raised above a full-screen window. A window manager leaves no room for
such a window, so a second one of one pixel, of type dock, reserves the height and keeps title bars from
lying under the strip.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from Xlib import X, Xatom, error
from Xlib.ext import damage, shape

from lamplighter_agent.backends.linux._rect import Rect
from lamplighter_agent.backends.linux._screen import Place, Screen
from lamplighter_agent.backends.linux._strip_paint import Look, on_help, paint, picture_of
from lamplighter_agent.backends.linux._strip_words import Told
from lamplighter_agent.backends.linux._xlib import close, connect, opened

_OPACITY = "_NET_WM_WINDOW_OPACITY"
_SHAPE_KINDS = (shape.SK.Bounding, shape.SK.Clip, shape.SK.Input)
_LOOKS_AT_US = {
    X.MapNotify,
    X.UnmapNotify,
    X.DestroyNotify,
    X.ConfigureNotify,
    X.ReparentNotify,
    X.CirculateNotify,
    X.VisibilityNotify,
    X.PropertyNotify,
}


class Hidden(StrEnum):
    """Why the strip can't be seen; the words go into the record and into `status`."""

    COVERED = "another window covers it"
    FULL_SCREEN = "a full-screen window covers it"
    UNMAPPED = "another program took it off the screen"
    DESTROYED = "another program closed it"
    ADOPTED = "another program put it inside its own window"
    MOVED = "another program moved it"
    RESIZED = "another program resized it"
    SEE_THROUGH = "another program made it see-through"
    CUT = "another program cut its shape"
    PAINTED = "another program painted over it"
    DISCONNECTED = "the display closed our connection"
    NO_DISPLAY = "the display server of this session ended"
    OVERVIEW = "the desktop's overview hides it"
    LOCKED = "the lock screen hides it"
    EFFECT = "an effect of the desktop may hide it"
    UNTOLD = "the desktop has not said whether it hides it"


class ConnectionLost(Exception):
    """The X server is gone, or it or another client ended our connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What a batch of events means: a click on the strip or its help button, or a reason to look at it."""

    clicked: bool
    helped: bool
    look: bool


@contextmanager
def connection() -> Iterator[None]:
    """Have whatever ends the connection be `ConnectionLost`."""
    try:
        yield
    except (error.ConnectionClosedError, ConnectionError) as lost:
        raise ConnectionLost from lost


class XStrip:
    """One connection and its two windows. Not thread-safe; every method may raise ConnectionLost."""

    screens: type[Screen] = Screen
    OURS = X.ButtonPressMask | X.StructureNotifyMask | X.VisibilityChangeMask | X.PropertyChangeMask

    def __init__(self, told: Told, display_name: str | None) -> None:
        """Connect and show the strip; raises Xlib's DisplayError where there is no display."""
        self._display = connect(display_name) if display_name else opened(None)
        # Kept, because Xlib refuses to tell it once the connection is lost.
        self.descriptor = int(self._display.fileno())
        # Errors about windows that went away meanwhile are expected; they must not reach standard error.
        self._display.set_error_handler(lambda *_: None)
        self._screen = self._display.screen()
        self._root = self._screen.root
        self._shapes = bool(self._display.has_extension("SHAPE"))
        self._damage = bool(self._display.has_extension("DAMAGE"))
        # What the strip must look like, and whether anything has drawn in it since that was compared.
        self._right = b""
        self._drawn = False
        self._look = Look.of(self._display, self._screen, told)
        with connection():
            self._places = self.screens(self._display, self._root)
            self._places.watch()
            self._screen_changed = False
            self._place: Place = self._places.place(self._look.height, holder=0)
            # The strip comes last, so that it lies above the pixel that keeps its room.
            self._holder = self._make_holder()
            self._window = self._make_strip()
            self._display.sync()

    @property
    def descriptors(self) -> tuple[int, ...]:
        """Those that tell of news for `drain`."""
        return (self.descriptor,)

    def on_xwayland(self) -> bool:
        """Whether this X server serves a Wayland session, where no strip of ours can be kept on top."""
        with connection():
            return bool(self._display.query_extension("XWAYLAND")) or self._places.of_xwayland()

    def says(self, told: Told) -> None:
        """Draw the words for it."""
        with connection():
            self._look = replace(self._look, told=told)
            self._right = paint(self._look, self._window, self._place.strip.width)
            self._display.sync()

    def close(self) -> None:
        close(self._display)

    def drain(self) -> Happened:
        """Take all events that have arrived, without waiting."""
        clicked = helped = look = False
        with connection():
            while self._display.pending_events():
                event = self._display.next_event()
                if self._damage and event.type == self._display.extension_event.DamageNotify:
                    self._drawn = look = True
                    continue
                self._note(event)
                self._screen_changed = self._screen_changed or self._places.may_change_by(event)
                if event.type == X.ButtonPress:
                    asks_help = on_help(self._look, self._place.strip.width, event.event_x)
                    clicked = clicked or (event.detail == X.Button1 and not asks_help)
                    helped = helped or (event.detail == X.Button1 and asks_help)
                elif event.type == X.PropertyNotify and event.window == self._root:
                    continue
                elif event.type in _LOOKS_AT_US or event.type > X.MappingNotify:
                    look = True
            look = look or self._screen_changed
        return Happened(clicked=clicked, helped=helped, look=look)

    def _note(self, event: Any) -> None:
        """Take note of an event, in the server's order; nothing here needs to."""

    def inspect(self) -> Hidden | None:
        """Ask the server whether the strip can be seen, whole and in its place."""
        with connection():
            self._follow_screen()
            try:
                return self._own_state() or self._cover() or self._painted()
            except (error.BadWindow, error.BadDrawable):
                return Hidden.DESTROYED

    def repair(self, hidden: Hidden) -> None:
        """Undo what hides it. Asking again afterwards tells whether it helped."""
        with connection():
            if hidden in {Hidden.DESTROYED, Hidden.ADOPTED}:
                self._window.destroy()
                self._window = self._make_strip()
            elif hidden is Hidden.SEE_THROUGH:
                self._window.delete_property(self._display.intern_atom(_OPACITY))
            elif hidden is Hidden.CUT:
                for kind in _SHAPE_KINDS:
                    self._window.shape_mask(shape.SO.Set, kind, 0, 0, X.NONE)
            self._put_in_place()
            self._window.map()
            self._display.sync()

    def _own_state(self) -> Hidden | None:
        attributes = self._window.get_attributes()
        now = self._window.get_geometry()
        parent = self._window.query_tree().parent
        if parent != self._root:
            return Hidden.ADOPTED
        if attributes.map_state != X.IsViewable:
            return Hidden.UNMAPPED
        place = self._place.strip
        if (now.width, now.height, now.border_width) != (place.width, place.height, 0):
            return Hidden.RESIZED
        if (now.x, now.y) != (place.x, place.y):
            return Hidden.MOVED
        if self._window.get_property(self._display.intern_atom(_OPACITY), X.AnyPropertyType, 0, 1):
            return Hidden.SEE_THROUGH
        return Hidden.CUT if self._shapes and self._is_cut(place) else None

    def _painted(self) -> Hidden | None:
        """Compare the picture, only after something was drawn: repainting by the server is drawing too."""
        if not self._drawn:
            return None
        self._drawn = False
        self._display.damage_subtract(self._damage_of_strip)
        place = self._place.strip
        try:
            now = picture_of(self._window, place.width, place.height)
        except error.BadMatch:
            # It left the screen meanwhile: that is seen at the next look, which its event asks for.
            self._drawn = True
            return None
        return None if now == self._right else Hidden.PAINTED

    def _is_cut(self, place: Rect) -> bool:
        whole = [(0, 0, place.width, place.height)]
        for kind in _SHAPE_KINDS:
            parts = self._window.shape_get_rectangles(kind).rectangles
            if [(part.x, part.y, part.width, part.height) for part in parts] != whole:
                return True
        return False

    def _cover(self) -> Hidden | None:
        """Look at the windows stacked above. VisibilityNotify alone would miss them under a compositor."""
        children = self._root.query_tree().children
        above = children[children.index(self._window) + 1 :] if self._window in children else []
        return self._covered_by(above)

    def _covered_by(self, windows: Iterable[Any]) -> Hidden | None:
        found = None
        for window in windows:
            if window == self._holder:
                continue
            with suppress(error.BadWindow, error.BadDrawable):
                place = self._seen_part(window)
                if place and place.contains(self._place.monitor):
                    return Hidden.FULL_SCREEN
                found = Hidden.COVERED if place else found
        return found

    def _seen_part(self, window: Any) -> Rect | None:
        """The rectangle of a window that draws over the strip, or None where it does not."""
        attributes = window.get_attributes()
        if attributes.map_state != X.IsViewable or attributes.win_class == X.InputOnly:
            return None
        now = window.get_geometry()
        edge = 2 * now.border_width
        outer = Rect(x=now.x, y=now.y, width=now.width + edge, height=now.height + edge)
        strip = self._place.strip
        if not outer.meets(strip) or not self._shapes:
            return outer if outer.meets(strip) else None
        x, y = now.x + now.border_width, now.y + now.border_width
        parts = window.shape_get_rectangles(shape.SK.Bounding).rectangles
        drawn = (Rect(x=x + p.x, y=y + p.y, width=p.width, height=p.height) for p in parts)
        return outer if any(part.meets(strip) for part in drawn) else None

    def _follow_screen(self) -> None:
        if not self._screen_changed:
            return
        self._screen_changed = False
        place = self._places.place(self._look.height, holder=self._holder.id)
        if place != self._place:
            self._place = place
            self._put_in_place()
            self._reserve(self._holder)

    def _put_in_place(self) -> None:
        place = self._place.strip
        self._window.configure(
            x=place.x,
            y=place.y,
            width=place.width,
            height=place.height,
            border_width=0,
            stack_mode=X.Above,
        )
        self._right = paint(self._look, self._window, place.width)

    def _make_strip(self) -> Any:
        place = self._place.strip
        window = self._root.create_window(
            place.x,
            place.y,
            place.width,
            place.height,
            0,
            self._screen.root_depth,
            window_class=X.InputOutput,
            background_pixel=self._look.ground,
            override_redirect=True,
            event_mask=self.OURS,
            cursor=self._look.hand,
        )
        return self._begin(window)

    def _begin(self, window: Any) -> Any:
        """Name, paint and map a new strip."""
        window.set_wm_name("Lamplighter is on")
        window.set_wm_class("lamplighter", "Lamplighter")
        if self._shapes:
            window.shape_select_input(1)
        self._right = paint(self._look, window, self._place.strip.width)
        if self._damage:
            self._display.damage_query_version()
            self._damage_of_strip = window.damage_create(damage.DamageReportNonEmpty)
        window.map()
        return window

    def _make_holder(self) -> Any:
        window = self._root.create_window(
            self._place.monitor.x,
            self._place.monitor.y,
            1,
            1,
            0,
            self._screen.root_depth,
            window_class=X.InputOutput,
            background_pixel=self._look.ground,
        )
        window.set_wm_name("Lamplighter keeps room for its strip")
        window.set_wm_class("lamplighter", "Lamplighter")
        window.set_wm_hints(flags=1, input=0)
        self._set(window, "_NET_WM_WINDOW_TYPE", Xatom.ATOM, [self._atom("_NET_WM_WINDOW_TYPE_DOCK")])
        self._reserve(window)
        window.map()
        return window

    def _reserve(self, holder: Any) -> None:
        place = self._place.strip
        bottom = place.y + place.height
        last = place.x + place.width - 1
        self._set(holder, "_NET_WM_STRUT", Xatom.CARDINAL, [0, 0, bottom, 0])
        self._set(
            holder,
            "_NET_WM_STRUT_PARTIAL",
            Xatom.CARDINAL,
            [0, 0, bottom, 0, 0, 0, 0, 0, place.x, last, 0, 0],
        )
        holder.configure(x=place.x, y=place.y)

    def _set(self, window: Any, name: str, kind: int, values: list[int]) -> None:
        window.change_property(self._atom(name), kind, 32, values)

    def _atom(self, name: str) -> int:
        return int(self._display.intern_atom(name))
