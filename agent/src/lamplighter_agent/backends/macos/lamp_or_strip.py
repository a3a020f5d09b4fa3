"""The item in the menu bar, and a strip over everything else while the menu bar can't be seen.

A program that fills the screen takes the menu bar away, and a bar without room leaves items out; without
another sign nothing could be sensed then. The strip says the same, opens the same page and has the same
button. It counts by its own word alone, and is gone while the item can be seen.
"""

from typing import Protocol

from lamplighter_agent.backends.macos.system import Lamp, LampWords


class Strip(Protocol):
    """A window above those of all programs, in every space."""

    def show(self, words: LampWords) -> None:
        """Bring it up, or have it say something else."""
        ...

    def hide(self) -> None:
        """Take it away. Idempotent."""
        ...

    def missing(self) -> str:
        """Say why a person can't see it now; "" while they can."""
        ...


class LampOrStrip:
    """Fills `Lamp`."""

    def __init__(self, item: Lamp, strip: Strip, words: LampWords) -> None:
        self._item = item
        self._strip = strip
        self._words = words
        self._stands_in = False

    def missing(self) -> str:
        if not self._item.missing():
            self._take_strip_away()
            return ""
        if not self._stands_in:
            self._stands_in = True
            self._strip.show(self._words)
        return self._strip.missing()

    def says(self, words: LampWords) -> None:
        self._words = words
        self._item.says(words)
        if self._stands_in:
            self._strip.show(words)

    def restore(self) -> None:
        """Put both back: whichever can be seen then is the sign."""
        self._item.restore()
        if self._stands_in:
            self._strip.show(self._words)

    def remove(self) -> None:
        self._take_strip_away()
        self._item.remove()

    def _take_strip_away(self) -> None:
        if self._stands_in:
            self._stands_in = False
            self._strip.hide()
