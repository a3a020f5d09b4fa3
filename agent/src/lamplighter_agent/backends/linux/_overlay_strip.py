"""The strip under a compositor of Wayland that keeps it on top: the one of X11, by XWayland.

mutter doesn't follow the X server at once in which of such windows is on top: the one that was mapped last
is, until some other window comes or goes; then it is as the X server has it (found by trial with 43.8). So
one that was mapped, moved or raised after ours was mapped covers it, and so does one that the X server has
above it; what puts both right is to be raised and mapped again.

What a shell does to all windows at once no X client is told: there the shell's own word is asked for.

The panel at the top is no window of X11's there, so where it ends is read from the work area. Our own room
is part of that, and is not taken for another panel.
"""

from dataclasses import replace
from typing import Any

from Xlib import X

from lamplighter_agent.backends.linux._rect import Rect
from lamplighter_agent.backends.linux._screen import Place, Screen
from lamplighter_agent.backends.linux._shell_word import OF_THE_SHELL, ShellWord
from lamplighter_agent.backends.linux._strip_words import Told
from lamplighter_agent.backends.linux._xstrip import Happened, Hidden, XStrip, connection

_AREAS = ("_GTK_WORKAREAS_D0", "_NET_WORKAREA")
_MOST_NUMBERS = 4 * 64
_LARGEST_PART = 8


class WorkArea(Screen):
    """Monitors and panels of a session whose panels are no windows of X11."""

    def __init__(self, display: Any, root: Any) -> None:
        super().__init__(display, root)
        # Where the panel ends, and where our own room ends, once it is kept.
        self._panel = self._ours = 0
        self.kept = False

    def place(self, height: int, *, holder: int) -> Place:
        """Where a strip of this height belongs now; our own room of before does not push it further."""
        place = super().place(height, holder=holder)
        self._ours = place.strip.y + height
        return place

    def kept_at_top(self, monitor: Rect, holder: int) -> int:
        """Add the panels that are no windows to those that are."""
        area = next((area for area in self._areas() if monitor.contains(area)), monitor)
        if not self.kept or area.y > self._ours:
            small = area.y - monitor.y <= monitor.height // _LARGEST_PART
            self._panel = area.y if small else monitor.y
        return max(self._panel, super().kept_at_top(monitor, holder))

    def _areas(self) -> list[Rect]:
        for name in _AREAS:
            numbers = self._values(self._root, name, _MOST_NUMBERS)
            quads = (numbers[at : at + 4] for at in range(0, len(numbers) - 3, 4))
            if found := [Rect(x=x, y=y, width=width, height=height) for x, y, width, height in quads]:
                return found
        return []


class OverlayStrip(XStrip):
    """One connection to XWayland, and the windows of the strip. Every method may raise ConnectionLost."""

    screens = WorkArea

    def __init__(self, told: Told, display_name: str | None, word: ShellWord | None) -> None:
        """Show it; `word` is the shell's, which is closed with the strip, None where there is no shell."""
        self._word = word
        # Windows that no window manager may touch, mapped, moved or raised since ours was mapped.
        self._later: dict[int, Any] = {}
        super().__init__(told, display_name)

    @property
    def descriptors(self) -> tuple[int, ...]:
        return (self.descriptor,) if self._word is None else (self.descriptor, self._word.descriptor)

    def drain(self) -> Happened:
        happened = super().drain()
        with connection():
            told = self._word is not None and self._word.take()
            return replace(happened, look=told or happened.look)

    @property
    def ask_every_s(self) -> float | None:
        """How often `ask` is due, in seconds."""
        return None if self._word is None else self._word.ask_every_s

    def ask(self) -> None:
        """Ask the shell again, where it does not tell by itself."""
        if self._word is not None:
            with connection():
                self._word.ask()

    def untold(self) -> bool:
        """Whether the shell owes an answer."""
        return self._word is not None and self._word.hides() is Hidden.UNTOLD

    def inspect(self) -> Hidden | None:
        return super().inspect() or (None if self._word is None else self._word.hides())

    def close(self) -> None:
        super().close()
        if self._word is not None:
            self._word.close()

    def keep_room(self) -> None:
        """Have windows keep off it from now on; until then the work area is that of the panels alone."""
        with connection():
            self._screen_changed = True
            self._follow_screen()
            assert isinstance(self._places, WorkArea)
            self._places.kept = True
            self._reserve(self._holder)
            self._display.flush()

    def _reserve(self, holder: Any) -> None:
        if isinstance(self._places, WorkArea) and self._places.kept:
            super()._reserve(holder)

    def _note(self, event: Any) -> None:
        if event.send_event:
            # Any program may send us what it likes.
            return
        if event.type in (X.MapNotify, X.ConfigureNotify) and event.event == self._root:
            ours = event.window == self._window
            if ours and event.type == X.MapNotify:
                self._later.clear()
            elif event.override and not ours and event.window != self._holder:
                self._later[event.window.id] = event.window
        elif event.type in (X.UnmapNotify, X.DestroyNotify):
            self._later.pop(event.window.id, None)

    def _cover(self) -> Hidden | None:
        return super()._cover() or self._covered_by(list(self._later.values()))

    def repair(self, hidden: Hidden) -> None:
        if hidden in OF_THE_SHELL:
            return
        with connection():
            if hidden in {Hidden.COVERED, Hidden.FULL_SCREEN}:
                self._window.unmap()
                # Whatever is mapped now will lie below; of what comes in between, our own news tells.
                self._later.clear()
            super().repair(hidden)

    def on_xwayland(self) -> bool:
        """It is meant to be: who opens it has asked whether that is right."""
        return False
