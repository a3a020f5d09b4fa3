"""The collector's own time, as whole milliseconds since 1970 in UTC.

Devices' clocks are never trusted for anything but the wall time that their user saw.
"""

import time
from datetime import UTC, datetime


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def utc_now() -> datetime:
    return datetime.now(UTC)


def moment_of(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def shown(milliseconds: int) -> str:
    """A moment as reports show it; empty for 0, which means never."""
    return f"{moment_of(milliseconds):%Y-%m-%dT%H:%M:%SZ}" if milliseconds else ""
