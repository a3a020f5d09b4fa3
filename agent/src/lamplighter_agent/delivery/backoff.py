"""How long to wait after a failed delivery: full jitter, growing, and what the collector asked for. Pure.

Full jitter (anywhere between nothing and the limit) because a thousand devices lose the same collector at the
same moment and must not come back at the same moment.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

_MOST_DOUBLINGS = 32
_uniform = random.SystemRandom().uniform


@dataclass(frozen=True, slots=True, kw_only=True)
class BackoffSettings:
    """The first limit and the last; each failure doubles it."""

    base_seconds: float = 1.0
    cap_seconds: float = 120.0


class Backoff:
    """One per courier. `reset` after a success."""

    def __init__(
        self,
        settings: BackoffSettings,
        *,
        uniform: Callable[[float, float], float] = _uniform,
    ) -> None:
        self._settings = settings
        self._uniform = uniform
        self._failures = 0

    def next(self, retry_after_seconds: float | None = None) -> float:
        """Return the seconds to wait now; never less than the collector asked for."""
        limit = min(self._settings.cap_seconds, self._settings.base_seconds * 2**self._failures)
        self._failures = min(self._failures + 1, _MOST_DOUBLINGS)
        return (retry_after_seconds or 0.0) + self._uniform(0.0, limit)

    def longest(self) -> float:
        """Return a wait of the last size, for a failure that only a person can end."""
        return self._uniform(self._settings.cap_seconds / 2, self._settings.cap_seconds)

    def reset(self) -> None:
        self._failures = 0
