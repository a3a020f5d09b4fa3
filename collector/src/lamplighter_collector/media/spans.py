"""Until when: a span such as 2h, or a day, or a day and time.

Days and times are those of the collector's own wall clock: the school's, not UTC.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from lamplighter_collector.clock import shown
from lamplighter_collector.errors import MediaRefused

UNTIL_WORDS: Final = (
    "a date such as 2026-12-31, which is to the end of that day, or a date and time such as "
    "2026-12-31T15:30; in the time zone of the collector's machine"
)
"""The one explanation of it: in the help, in errors and on the page."""
SPAN_WORDS: Final = "a span such as 30m, 2h or 14d"
_SPAN: Final = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_MINUTES: Final = {"m": 1, "h": 60, "d": 24 * 60}
_MINUTE_MS: Final = 60_000


def span_of(text: str, field: str) -> int:
    """Return the milliseconds of 30m, 2h or 14d; raise `MediaRefused` that names the field."""
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None:
        raise MediaRefused(field, SPAN_WORDS)
    return int(found[1]) * _MINUTES[found[2]] * _MINUTE_MS


def end_of(text: str, field: str) -> int:
    """Return what `UNTIL_WORDS` says, in milliseconds since 1970, UTC; raise `MediaRefused`.

    A time that names its own offset from UTC keeps it.
    """
    try:
        moment = _moment(text.strip()).astimezone()
    except (ValueError, OverflowError, OSError):
        raise MediaRefused(field, UNTIL_WORDS) from None
    return int(moment.timestamp() * 1000)


def shown_end(ends: int) -> str:
    """An end as reports show it: that of a day as its last second, not as the midnight after it."""
    is_midnight = datetime.fromtimestamp(ends / 1000).astimezone().time() == time()
    return shown(ends - 1_000 if is_midnight else ends)


def _moment(text: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)
    return datetime.combine(day + timedelta(days=1), time())
