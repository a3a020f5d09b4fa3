"""How long a Mac ran and slept, from its kernel. Never ran on a Mac.

clock_gettime(3) there: CLOCK_MONOTONIC_RAW goes on while it sleeps, CLOCK_UPTIME_RAW does not.
"""

import time

_UPTIME_RAW = 8


def running_seconds() -> float:
    return time.clock_gettime(time.CLOCK_MONOTONIC_RAW)


def slept_seconds() -> float:
    return running_seconds() - time.clock_gettime(_UPTIME_RAW)
