"""Until when: a span such as 2h, or a day. Days are those of the collector's own wall clock."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from lamplighter_collector.errors import MediaRefused

_SPAN: Final = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_MINUTES: Final = {"m": 1, "h": 60, "d": 24 * 60}
_MINUTE_MS: Final = 60_000


def span_of(text: str, field: str) -> int:
    """Return the milliseconds of 30m, 2h or 14d; raise `MediaRefused` that names the field."""
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None:
        raise MediaRefused(field, "a span such as 30m, 2h or 14d")
    return int(found[1]) * _MINUTES[found[2]] * _MINUTE_MS


def end_of(text: str, field: str) -> int:
    """Return the end of a day such as 2026-12-31, in milliseconds since 1970, UTC; raise `MediaRefused`."""
    try:
        next_day = date.fromisoformat(text.strip()) + timedelta(days=1)
        moment = datetime.combine(next_day, time()).astimezone()
    except (ValueError, OverflowError, OSError):
        raise MediaRefused(field, "a day such as 2026-12-31") from None
    return int(moment.timestamp() * 1000)
