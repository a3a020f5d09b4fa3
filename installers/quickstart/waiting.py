"""Waiting for a real state with a deadline."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(look: Callable[[], T | None], what: str, *, seconds: float = 30.0, step: float = 0.02) -> T:
    """Return the first true answer of `look`; raise TimeoutError naming `what` at the deadline.

    However long a look takes: one is begun after the deadline, so that no machine is too slow for a second.
    """
    pause = threading.Event()
    deadline = time.monotonic() + seconds
    while True:
        late = time.monotonic() >= deadline
        answer = look()
        if answer:
            return answer
        if late:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        pause.wait(step)
