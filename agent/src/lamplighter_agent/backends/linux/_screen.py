"""Where on the screen the strip belongs: at the top of the primary monitor, below a panel that is there.

Panels say by a strut how much of an edge they keep. The strip goes under them, because over them it would
hide their buttons and they would be raised above it. A strut of more than an eighth of the monitor is not a
panel's and is ignored: no program may push the strip into the middle of the screen.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from Xlib import X, error
from Xlib.ext import randr

from lamplighter_agent.backends.linux._rect import Rect

_STRUTS = ("_NET_WM_STRUT_PARTIAL", "_NET_WM_STRUT")
_TOP = 2
_TOP_FROM, _TOP_TO = 8, 9
_LARGEST_PART = 8
_MOST_WINDOWS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The monitor that has the strip, and the strip on it."""

    monitor: Rect
    strip: Rect


class Screen:
    """Asks one X server about monitors and panels."""

    def __init__(self, display: Any, root: Any) -> None:
        self._display = display
        self._root = root
        self._randr = bool(display.has_extension("RANDR"))
        # Changes of these two properties may mean that a panel came, went or grew.
        self._told_by = {display.intern_atom(name) for name in ("_NET_CLIENT_LIST", "_NET_WORKAREA")}

    def watch(self) -> None:
        """Have the server tell about every change that may matter."""
        wanted = X.SubstructureNotifyMask | X.StructureNotifyMask | X.PropertyChangeMask
        self._root.change_attributes(event_mask=wanted)
        if self._randr:
            self._root.xrandr_select_input(randr.RRScreenChangeNotifyMask | randr.RRCrtcChangeNotifyMask)

    def of_xwayland(self) -> bool:
        """Whether the monitors are XWayland's: before 23.1 it has no extension that says so."""
        if not self._randr:
            return False
        resources = self._root.xrandr_get_screen_resources()
        told = (
            self._display.xrandr_get_output_info(output, resources.config_timestamp)
            for output in resources.outputs
        )
        return any(output.name.startswith("XWAYLAND") for output in told)

    def may_change_by(self, event: Any) -> bool:
        """Whether monitors or panels may be others after this event; asking again costs many round trips."""
        if event.type == X.PropertyNotify:
            return event.window == self._root and event.atom in self._told_by
        if event.type == X.ConfigureNotify:
            return bool(event.window == self._root)
        return bool(event.type > X.MappingNotify)

    def place(self, height: int, *, holder: int) -> Place:
        """Where a strip of this height belongs now; `holder` is our own window with a strut."""
        monitor = self._primary_monitor(height)
        top = max(monitor.y, self.kept_at_top(monitor, holder))
        return Place(monitor=monitor, strip=Rect(x=monitor.x, y=top, width=monitor.width, height=height))

    def _primary_monitor(self, height: int) -> Rect:
        """The primary monitor within the root window; all of the root window where RANDR does not tell."""
        now = self._root.get_geometry()
        root = Rect(x=0, y=0, width=now.width, height=now.height)
        monitors = []
        if self._randr:
            with suppress(error.XError):
                monitors = self._root.xrandr_get_monitors().monitors
        for one in sorted(monitors, key=lambda monitor: not monitor.primary):
            place = Rect(x=one.x, y=one.y, width=one.width_in_pixels, height=one.height_in_pixels)
            if root.contains(place) and place.width and place.height > 4 * height:
                return place
        return root

    def kept_at_top(self, monitor: Rect, holder: int) -> int:
        """Return where the lowest panel at the top of this monitor ends."""
        listed = self._values(self._root, "_NET_CLIENT_LIST", _MOST_WINDOWS)
        kept = [0]
        for number in listed:
            if number == holder:
                continue
            top, first, last = self._top_strut(number)
            over = first < monitor.x + monitor.width and last >= monitor.x
            if over and top - monitor.y <= monitor.height // _LARGEST_PART:
                kept.append(top)
        return max(kept)

    def _top_strut(self, number: int) -> tuple[int, int, int]:
        """How much of the top edge a window keeps, and from where to where."""
        window = self._display.create_resource_object("window", number)
        for name in _STRUTS:
            strut = self._values(window, name, 12)
            if len(strut) > _TOP_TO:
                return strut[_TOP], strut[_TOP_FROM], strut[_TOP_TO]
            if len(strut) > _TOP:
                return strut[_TOP], 0, 0xFFFF
        return 0, 0, 0

    def _values(self, window: Any, name: str, most: int) -> list[int]:
        """A property of numbers; empty where it is missing, gone with its window or of another form."""
        with suppress(error.XError):
            found = window.get_property(self._display.intern_atom(name), X.AnyPropertyType, 0, most)
            if found is not None and found.format == 32:
                return [int(value) for value in found.value]
        return []
