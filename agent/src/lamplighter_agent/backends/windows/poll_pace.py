"""How often the foreground window is asked for, beside the events that tell of it. Pure.

Until an event has come, and after one was missing, five times a second; while events are to be trusted every
five seconds, so that an idle device is left alone.
"""

FAST_S = 0.2
SLOW_S = 5.0


class PollPace:
    """Chooses the time to the next look."""

    def __init__(self) -> None:
        self._trusted = False

    @property
    def trusted(self) -> bool:
        """Tell whether events are known to come."""
        return self._trusted

    def told(self, *, changed: bool) -> None:
        """Take note of an event; one that showed a change proves that events come."""
        self._trusted = self._trusted or changed

    def looked(self, *, changed: bool) -> None:
        """Take note of a look by the timer; a change that it found is one that no event told of."""
        if changed:
            self._trusted = False

    @property
    def wait_s(self) -> float:
        return SLOW_S if self._trusted else FAST_S
