"""The battery, and how long the device slept, from the kernel."""

import time


def battery() -> tuple[int, bool]:
    """Return how full it is in per cent, -1 without one, and whether the device runs on it."""
    # Not in the helper, which asks only for the other.
    import psutil  # noqa: PLC0415

    found = psutil.sensors_battery()
    if found is None:
        return -1, False
    return max(0, min(100, round(found.percent))), found.power_plugged is False


def slept_seconds() -> float:
    """Return how long the device was suspended since it was switched on.

    CLOCK_BOOTTIME goes on during suspend and CLOCK_MONOTONIC does not (clock_gettime(2)); what else differs
    is the moment between the two calls.
    """
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
