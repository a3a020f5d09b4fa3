"""The indicator of a Wayland session: the strip as a window of XWayland's.

On sway it is a window that sway's tree says is visible. On GNOME it is the very strip of X11, which its
compositor keeps above all windows of other kinds. Of no other compositor is that known: there nothing is
shown, and so nothing sensed.
"""

import asyncio
from collections.abc import Callable

from lamplighter_agent.backends.linux._compositor import BEGINS, problem_of
from lamplighter_agent.backends.linux._overlay_strip import OverlayStrip
from lamplighter_agent.backends.linux._strip_words import Told
from lamplighter_agent.backends.linux._sway_strip import SwayStrip
from lamplighter_agent.backends.linux._xlib import close, connect
from lamplighter_agent.backends.linux._xstrip import ConnectionLost, connection
from lamplighter_agent.backends.linux.indicator import OTHER_SESSION, X11Indicator
from lamplighter_agent.errors import BackendUnavailable

# Some commands hide a window without an event. Half of what may pass before the sensors stop.
WATCH_EVERY_S = 1.0
# How long a compositor may be taking up an XWayland that answers already.
CALM_S = 0.5
# By then the compositor has given up the room of a strip that ended just before.
ROOM_AFTER_S = 0.5


class SwayIndicator(X11Indicator):
    """Keeps the strip in sight under sway, as patiently as under X11. Fulfils IndicatorPort.

    Sway does not tell every change by an event, so the tree is also read once a second.
    """

    def __init__(
        self,
        *,
        organisation: str,
        clicked: Callable[[], None],
        help_clicked: Callable[[], None] = lambda: None,
        display_name: str | None,
        path: str,
        language: str = "",
    ) -> None:
        """Take the name to show, what clicks do, XWayland's display, sway's socket and the session's LANG."""
        super().__init__(
            organisation=organisation,
            clicked=clicked,
            help_clicked=help_clicked,
            display_name=display_name,
            language=language,
        )
        self._path = path

    def _open(self, told: Told) -> SwayStrip:
        return SwayStrip(told, self._display_name, self._path)

    def _in_sight(self) -> None:
        super()._in_sight()
        self._later("watch", WATCH_EVERY_S, self._watch)

    def _watch(self) -> None:
        if isinstance(self._strip, SwayStrip):
            try:
                self._strip.hold()
            except ConnectionLost:
                self._connection_lost()
                return
        self._look()

    def _unavailable(self) -> BackendUnavailable:
        return BackendUnavailable(
            "indicator",
            "sway or its XWayland does not answer, and the strip is drawn by XWayland",
            "Install xwayland and leave it enabled in sway's configuration.",
        )


class OverlayIndicator(X11Indicator):
    """Keeps the strip in sight under mutter, as patiently as under X11. Fulfils IndicatorPort."""

    def __init__(
        self,
        *,
        organisation: str,
        clicked: Callable[[], None],
        help_clicked: Callable[[], None] = lambda: None,
        display_name: str,
        wayland: str,
        language: str = "",
    ) -> None:
        """Take the name to show, what clicks do, XWayland's display, the Wayland socket and the LANG."""
        super().__init__(
            organisation=organisation,
            clicked=clicked,
            help_clicked=help_clicked,
            display_name=display_name,
            language=language,
        )
        self._display = display_name
        self._wayland = wayland
        # Whether nothing was wrong when it was asked last.
        self._calm = False

    async def start(self, changed: Callable[[bool, str], None]) -> None:
        try:
            await super().start(changed)
        except BackendUnavailable:
            if not self._calm:
                raise
            await asyncio.sleep(CALM_S)
            await super().start(changed)

    async def stop(self) -> None:
        await super().stop()
        self._calm = False

    def _open(self, told: Told) -> OverlayStrip:
        asking = connect(self._display)
        try:
            with connection():
                problem = problem_of(asking, self._wayland)
        finally:
            close(asking)
        calm, self._calm = self._calm, not problem
        if problem or not calm:
            # What is mapped while the compositor takes up XWayland it may never show: so all is asked twice.
            raise BackendUnavailable("indicator", problem or BEGINS, OTHER_SESSION)
        self._calm = False
        strip = OverlayStrip(told, self._display)
        self._later("room", ROOM_AFTER_S, self._keep_room)
        return strip

    def _keep_room(self) -> None:
        if isinstance(self._strip, OverlayStrip):
            try:
                self._strip.keep_room()
            except ConnectionLost:
                self._connection_lost()
            else:
                self._look_soon()

    def _unavailable(self) -> BackendUnavailable:
        return BackendUnavailable(
            "indicator",
            "XWayland does not answer, and the strip is drawn by it",
            "Install xwayland and leave it enabled.",
        )
