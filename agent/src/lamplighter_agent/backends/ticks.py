"""Times of a display server or of the system, in milliseconds, which wrap at 2**32."""


def elapsed_ms(earlier: int, later: int) -> int:
    """Return how much later, negative where it is earlier."""
    return (later - earlier + 2**31) % 2**32 - 2**31


def is_after(earlier: int, later: int) -> bool:
    """Tell whether `later` surely is: ticks are coarse, so the same one is not."""
    return elapsed_ms(earlier, later) > 0
