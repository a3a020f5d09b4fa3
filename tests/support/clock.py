"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

# A Monday morning in term, at the start of a 10-minute bucket.
MORNING = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


class SteppedClock:
    """A Clock; `step` moves both the wall and the monotonic time."""

    def __init__(self, now: datetime = MORNING) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def step(self, by: timedelta) -> None:
        self._now += by
        self._monotonic += max(0.0, by.total_seconds())
