"""The battery, which psutil knows on every system."""


def battery() -> tuple[int, bool]:
    """Return how full it is in per cent, -1 without one, and whether the device runs on it."""
    # Not before a heartbeat asks.
    import psutil  # noqa: PLC0415

    found = psutil.sensors_battery()
    if found is None:
        return -1, False
    return max(0, min(100, round(found.percent))), found.power_plugged is False
