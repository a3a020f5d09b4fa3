"""Tells when Windows has silently taken our keyboard hook away. Pure.

Windows removes a hook that once answered too late and tells nobody. What shows it: there was input after the
last key we heard, the pointer did not move, and this lasts. Clicks without a movement look the same; then the
hook is set anew for nothing, which takes a moment and loses nothing.
"""

from lamplighter_agent.backends.ticks import elapsed_ms

LOOK_EVERY_S = 2.0
LATER_MS = 500


class HookWatch:
    """Looked at every `LOOK_EVERY_S`; times are Windows' ticks in milliseconds, which wrap at 2**32."""

    def __init__(self) -> None:
        self._heard_ms: int | None = None
        self._cursor: tuple[int, int] | None = None
        self._seen_ms: int | None = None

    def heard(self, time_ms: int) -> None:
        """Take note of any event of the hook, a press or a release."""
        self._heard_ms = time_ms

    def look(self, last_input_ms: int, cursor: tuple[int, int]) -> bool:
        """Return True when the hook is to be set anew."""
        still = cursor == self._cursor
        new = self._seen_ms is not None and last_input_ms != self._seen_ms
        self._cursor, self._seen_ms = cursor, last_input_ms
        unheard = self._heard_ms is None or elapsed_ms(self._heard_ms, last_input_ms) > LATER_MS
        return still and new and unheard
