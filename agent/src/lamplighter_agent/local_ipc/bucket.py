"""A token bucket: how many messages one connection may send. Pure; the caller brings the time."""


class TokenBucket:
    """Holds at most `burst` tokens and gains `rate_per_second`."""

    def __init__(self, *, rate_per_second: float, burst: float, now: float) -> None:
        self._rate = rate_per_second
        self._burst = burst
        self._tokens = burst
        self._at = now

    def take(self, now: float) -> bool:
        """Take one token at monotonic time `now`; False where there is none."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
