"""The indicator of a sway session: the strip as a window of our own that sway says is visible."""

from collections.abc import Callable

from lamplighter_agent.backends.linux._strip_words import Told
from lamplighter_agent.backends.linux._sway_strip import SwayStrip
from lamplighter_agent.backends.linux._xstrip import ConnectionLost
from lamplighter_agent.backends.linux.indicator import X11Indicator
from lamplighter_agent.errors import BackendUnavailable

# Some commands hide a window without an event. Half of what may pass before the sensors stop.
WATCH_EVERY_S = 1.0


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
