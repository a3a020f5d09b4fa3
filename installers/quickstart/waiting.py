"""Waiting for a real state with a deadline."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(look: Callable[[], T | None], what: str, *, seconds: float = 10.0) -> T:
    """Return the first true answer of `look`; raise TimeoutError naming `what` at the deadline."""
    pause = threading.Event()
    for _ in range(max(1, int(seconds / 0.02))):
        answer = look()
        if answer:
            return answer
        pause.wait(0.02)
    raise TimeoutError(f"not within {seconds:.0f} s: {what}")
