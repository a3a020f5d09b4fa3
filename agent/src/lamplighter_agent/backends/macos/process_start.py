"""When a process started, which tells it from a later one of the same number."""


def started_at(pid: int) -> int | None:
    """Return a number that no other process of this id has; None where there is none. Never ran on a Mac."""
    import psutil  # noqa: PLC0415 - the session helper does without

    try:
        return int(psutil.Process(pid).create_time() * 1000)
    except psutil.Error:
        return None
