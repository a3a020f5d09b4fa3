"""The collector's own time, as whole milliseconds since 1970 in UTC.

Devices' clocks are never trusted for anything but the wall time that their user saw.
"""

import time


def now_ms() -> int:
    return time.time_ns() // 1_000_000
