"""When people did something, in the school's own time: that of the machine the collector runs on.

What devices saw is told by their own clocks, see `wording.clock_words`.
"""

from datetime import datetime


def here(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000).astimezone()


def time_words(at_ms: int) -> str:
    """Such as ``08:21``."""
    return f"{here(at_ms):%H:%M}"


def day_words(at_ms: int) -> str:
    """Such as ``1 December 2026``."""
    moment = here(at_ms)
    return f"{moment.day} {moment:%B %Y}"


def moment_words(at_ms: int, now_ms: int) -> str:
    """Such as ``08:21``, or on another day ``08:21 on 18 November 2026``."""
    if here(at_ms).date() == here(now_ms).date():
        return time_words(at_ms)
    return f"{time_words(at_ms)} on {day_words(at_ms)}"
