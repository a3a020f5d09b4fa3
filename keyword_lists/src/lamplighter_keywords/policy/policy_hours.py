"""When something is allowed, and until when it stays so. Pure; times are naive and the device's own.

Nothing here knows a time zone: the hours of a school are what the clock on its wall shows.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from lamplighter_keywords.policy.device_policy import Term, Window

# Long enough for any holiday between two terms; beyond it nobody waits for a minute.
_LOOK_AHEAD_DAYS = 400


def is_open(window: Window | None, terms: Sequence[Term], now: datetime) -> bool:
    """Say whether `now` lies in the window; no window is always open."""
    if window is None:
        return True
    minute = now.hour * 60 + now.minute
    return _day_counts(window, terms, now.date()) and window.start <= minute < window.end


def changes_at(window: Window | None, terms: Sequence[Term], now: datetime) -> datetime | None:
    """When the answer of `is_open` is another one for the first time after `now`; `None` if never soon."""
    if window is None:
        return None
    opened = is_open(window, terms, now)
    for days in range(_LOOK_AHEAD_DAYS):
        day = now.date() + timedelta(days=days)
        for minute in (0, window.start, window.end):
            moment = datetime.combine(day, time()) + timedelta(minutes=minute)
            if moment > now and is_open(window, terms, moment) is not opened:
                return moment
    return None


def _day_counts(window: Window, terms: Sequence[Term], day: date) -> bool:
    if day.weekday() not in window.days:
        return False
    return not window.in_term or not terms or any(term.first <= day <= term.last for term in terms)
