"""How long the device ran and slept, from the kernel."""

import time


def running_seconds() -> float:
    """Return the seconds since this device was started, those asleep among them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def slept_seconds() -> float:
    """Return how long the device was suspended since it was switched on.

    CLOCK_BOOTTIME goes on during suspend and CLOCK_MONOTONIC does not (clock_gettime(2)); what else differs
    is the moment between the two calls.
    """
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
