"""When a key source that says it works must have broken: somebody types, and nothing comes. Pure.

Only looks in which the keyboard was in use count, so that a pause or a mouse is no silence. Any event at all
ends it.
"""

from typing import Final

LOOK_SECONDS: Final = 10.0
# A minute of use.
ACTIVE_LOOKS: Final = 6
# One record stands for all of the next hour. Seconds.
TELL_EVERY: Final = 3600.0


class Silence:
    """One session's. `look` once in `LOOK_SECONDS`."""

    def __init__(self) -> None:
        self._events = -1
        self._active = 0
        self._tell_from = float("-inf")

    def look(self, *, idle_ms: int | None, events: int, now: float) -> bool:
        """Say whether a record is due.

        `idle_ms` is how long ago a key was pressed, None where unknown; `events` how many came so far.
        """
        if events != self._events:
            self._events = events
            self._active = 0
            return False
        if idle_ms is None or idle_ms >= LOOK_SECONDS * 1000:
            return False
        self._active += 1
        if self._active < ACTIVE_LOOKS or now < self._tell_from:
            return False
        self._active = 0
        self._tell_from = now + TELL_EVERY
        return True
