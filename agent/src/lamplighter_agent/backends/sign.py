"""What every system's permanent sign is made from, whatever it looks like there."""

from collections.abc import Callable
from dataclasses import dataclass


def _nothing() -> None:
    """Nobody is to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What a permanent sign is made from. What happens to it is told on the event loop."""

    # Whose device it is.
    organisation: str
    # On the sign itself, for the page of what is checked.
    clicked: Callable[[], None] = _nothing
    # On "I need help".
    help_clicked: Callable[[], None] = _nothing
    # Another program of the session ended the sign, however soon it is back; the display itself lives.
    ended: Callable[[], None] = _nothing
    # A tag or the session's LANG; "" is English.
    language: str = ""
