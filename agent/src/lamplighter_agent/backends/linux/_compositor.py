"""Which compositor shows a session's X11 windows, by the kernel's word and the X server's.

Of some it is known, and tried here, that a window that no window manager may touch (an override-redirect one)
lies above every other, those of Wayland and full-screen ones included. Anybody could call a window after
one of them. So the one that names the window manager must be of the very process that listens on both
displays, or of its child.
"""

import contextlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import psutil
from Xlib import X, error
from Xlib.ext import res

from lamplighter_agent.backends.linux._listener import X_SOCKETS, listener_on
from lamplighter_agent.backends.linux.indicator import AGAIN, OTHER_SESSION
from lamplighter_agent.errors import BackendUnavailable

UNKNOWN: Final = "this Wayland desktop does not say whether a sign of ours can be seen"
BEGINS: Final = "the desktop is still starting"
APART: Final = "its X11 display is not the Wayland desktop's own"
_NAME_LIMIT: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Compositor:
    """What its window manager calls itself, and the process that it is."""

    name: str
    pid: int


def compositor_of(display: Any, wayland: str, known: Collection[str]) -> Compositor:
    """Return the one of those known that shows the windows of this X display.

    Raises BackendUnavailable where it can't be said for sure that it shows them. `display` is an open
    connection, `wayland` the path of the compositor's own socket. To be asked before a window is made: what
    is mapped before the compositor looks at the root window it may never show.
    """
    window = _named_by(display, display.screen().root)
    name = _name_of(display, window) if window is not None else ""
    if window is None or _named_by(display, window) != window or name not in known:
        raise _unsure(UNKNOWN)
    number = display.get_display_name().rpartition(":")[2].partition(".")[0]
    listener = listener_on(str(X_SOCKETS / f"X{number}"))
    manager = _process_of(display, window)
    if listener is None or listener != listener_on(wayland) or manager is None:
        raise _unsure(APART)
    if listener not in (manager, _parent_of(manager)):
        raise _unsure(APART)
    if not display.screen().root.get_attributes().all_event_masks & X.SubstructureRedirectMask:
        raise BackendUnavailable("indicator", BEGINS, AGAIN)
    return Compositor(name=name, pid=manager)


def _unsure(reason: str) -> BackendUnavailable:
    return BackendUnavailable("indicator", reason, OTHER_SESSION)


def path_of(wayland_display: str, runtime: str) -> str:
    """Return the path of a WAYLAND_DISPLAY."""
    return os.path.join(runtime, wayland_display)  # noqa: PTH118 - an absolute name stands for itself


def _named_by(display: Any, window: Any) -> Any:
    atom = display.intern_atom("_NET_SUPPORTING_WM_CHECK")
    with contextlib.suppress(error.XError):
        found = window.get_property(atom, X.AnyPropertyType, 0, 1)
        if found is not None and found.format == 32 and len(found.value):
            return display.create_resource_object("window", int(found.value[0]))
    return None


def _name_of(display: Any, window: Any) -> str:
    with contextlib.suppress(error.XError):
        found = window.get_property(display.intern_atom("_NET_WM_NAME"), X.AnyPropertyType, 0, _NAME_LIMIT)
        if found is not None and found.format == 8:
            return bytes(found.value).decode(errors="replace")
    return ""


def _process_of(display: Any, window: Any) -> int | None:
    """Return whose window it is, as the X server has it from the kernel."""
    if not display.has_extension(res.extname):
        return None
    with contextlib.suppress(error.XError):
        told = display.res_query_client_ids([{"client": window.id, "mask": res.LocalClientPIDMask}])
        for found in told.ids:
            if found.spec.mask == res.LocalClientPIDMask and len(found.value):
                return int(found.value[0])
    return None


def _parent_of(pid: int) -> int | None:
    with contextlib.suppress(psutil.Error):
        return int(psutil.Process(pid).ppid())
    return None
