"""How often somebody may do something: counted per key in fixed windows, in memory.

Bounded: when too many keys are remembered, the one that counted longest ago is forgotten. Used on the loop.
"""

import time
from collections.abc import Callable
from typing import Final

from lamplighter_collector.errors import TooManyAttempts

_MOST_KEYS: Final = 10_000


class Allowance:
    """``limit`` times in ``seconds`` for each key."""

    def __init__(self, limit: int, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._seconds = seconds
        self._monotonic = monotonic
        self._windows: dict[str, tuple[float, int]] = {}

    def check(self, key: str) -> None:
        """Refuse a key that has used up its window.

        Raises:
            TooManyAttempts: with the seconds until its next window.
        """
        now = self._monotonic()
        begun, count = self._windows.get(key, (now, 0))
        if count >= self._limit and now < begun + self._seconds:
            raise TooManyAttempts(max(1, round(begun + self._seconds - now)))

    def count(self, key: str) -> None:
        """Count one for the key."""
        now = self._monotonic()
        begun, count = self._windows.pop(key, (now, 0))
        if now >= begun + self._seconds:
            begun, count = now, 0
        self._windows[key] = (begun, count + 1)
        if len(self._windows) > _MOST_KEYS:
            del self._windows[next(iter(self._windows))]

    def take(self, key: str) -> None:
        """`check`, then `count`."""
        self.check(key)
        self.count(key)
