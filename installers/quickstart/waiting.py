"""Waiting for a real state with a deadline."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_STEP_SECONDS = 0.02


def wait_for(look: Callable[[], T | None], what: str, *, seconds: float = 30.0) -> T:
    """Return the first true answer of `look`; raise TimeoutError naming `what` at the deadline.

    One look is begun after the deadline, however long they take.
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
        pause.wait(_STEP_SECONDS)
