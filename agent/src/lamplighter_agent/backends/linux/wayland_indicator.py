"""The indicator of a Wayland session: the strip as a window of XWayland's.

On sway it is a window that sway's tree says is visible. On GNOME and KDE it is the very strip of X11, which
the compositor keeps above all windows of other kinds; what a shell hides, the shell is asked. Of no other
compositor is that known: there nothing is shown, and so nothing sensed.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lamplighter_agent.backends.linux._compositor import BEGINS, Compositor, compositor_of
from lamplighter_agent.backends.linux._gnome_shell import GnomeShell
from lamplighter_agent.backends.linux._kwin import KWin
from lamplighter_agent.backends.linux._overlay_strip import OverlayStrip
from lamplighter_agent.backends.linux._shell_word import ShellWord
from lamplighter_agent.backends.linux._strip_words import Told
from lamplighter_agent.backends.linux._sway_strip import SwayStrip
from lamplighter_agent.backends.linux._xlib import close, connect
from lamplighter_agent.backends.linux._xstrip import ConnectionLost, connection
from lamplighter_agent.backends.linux.indicator import AGAIN, OTHER_SESSION, X11Indicator
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.errors import BackendUnavailable

# Some commands hide a window without an event. Half of what may pass before the sensors stop.
WATCH_EVERY_S = 1.0
# How long a compositor may be taking up an XWayland that answers already.
CALM_S = 0.5
# By then the compositor has given up the room of a strip that ended just before.
ROOM_AFTER_S = 0.5
# Who keeps the strip on top, by the name of its window manager, and who says what it hides; None: it hides
# nothing.
SHELLS: Final[dict[str, Callable[[str, int], ShellWord] | None]] = {
    "Mutter": None,
    "GNOME Shell": GnomeShell,
    "KWin": KWin,
}
NO_WORD: Final = "the desktop does not say on the message bus whether it hides the strip"


class SwayIndicator(X11Indicator):
    """Keeps the strip in sight under sway, as patiently as under X11. Fulfils IndicatorPort.

    Sway does not tell every change by an event, so the tree is also read once a second.
    """

    def __init__(self, sign: Sign, *, display_name: str | None, path: str) -> None:
        """Take what to show, XWayland's display and the path of sway's socket."""
        super().__init__(sign, display_name=display_name)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Displays:
    """XWayland's display, the path of the compositor's socket and the message bus ("": there is none)."""

    x: str
    wayland: str
    bus: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Nothing is wrong with this compositor, and what its shell was asked is on its way."""

    compositor: Compositor
    word: ShellWord | None


class OverlayIndicator(X11Indicator):
    """Keeps the strip in sight under one of SHELLS, as patiently as under X11. Fulfils IndicatorPort."""

    def __init__(self, sign: Sign, displays: Displays) -> None:
        """Take what to show, and where the session is."""
        super().__init__(sign, display_name=displays.x)
        self._displays = displays
        # Of when it was asked last; None where something was wrong.
        self._found: _Found | None = None

    async def start(self, changed: Callable[[bool, str], None]) -> None:
        try:
            await super().start(changed)
        except BackendUnavailable:
            if self._found is None:
                raise
            await asyncio.sleep(CALM_S)
            await super().start(changed)

    async def stop(self) -> None:
        await super().stop()
        self._forget()

    def _open(self, told: Told) -> OverlayStrip:
        """Open it when all was well twice: what is mapped while XWayland is taken up may never be shown."""
        compositor, found = self._ask_compositor(), self._found
        if found is None or found.compositor != compositor:
            self._forget()
            self._found = _Found(compositor=compositor, word=self._ask_shell(compositor))
            raise BackendUnavailable("indicator", BEGINS, AGAIN)
        self._found = None
        try:
            if found.word is not None:
                with connection():
                    found.word.take()
            strip = OverlayStrip(told, self._displays.x, found.word)
        except BaseException:
            if found.word is not None:
                found.word.close()
            raise
        self._later("room", ROOM_AFTER_S, self._keep_room)
        if strip.ask_every_s is not None:
            self._later("ask", strip.ask_every_s, self._ask)
        return strip

    def _ask(self) -> None:
        """Have the shell say again what it hides, where it does not tell by itself."""
        if isinstance(self._strip, OverlayStrip) and self._strip.ask_every_s is not None:
            try:
                self._strip.ask()
            except ConnectionLost:
                self._connection_lost()
                return
            self._later("ask", self._strip.ask_every_s, self._ask)
            if self._strip.untold():
                self._look_soon()

    def _ask_compositor(self) -> Compositor:
        asking = connect(self._displays.x)
        try:
            with connection():
                return compositor_of(asking, self._displays.wayland, SHELLS)
        except BaseException:
            self._forget()
            raise
        finally:
            close(asking)

    def _ask_shell(self, compositor: Compositor) -> ShellWord | None:
        shell = SHELLS[compositor.name]
        if shell is None:
            return None
        try:
            return shell(self._displays.bus, compositor.pid)
        except ConnectionError as error:
            raise BackendUnavailable("indicator", NO_WORD, OTHER_SESSION) from error

    def _forget(self) -> None:
        found, self._found = self._found, None
        if found is not None and found.word is not None:
            found.word.close()

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
