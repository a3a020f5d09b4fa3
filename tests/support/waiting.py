"""Waiting for real state with a deadline; the tests never sleep for order."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(look: Callable[[], T | None], what: str, *, seconds: float = 30.0, step: float = 0.01) -> T:
    """Return the first true answer of `look`; fail naming `what` when the deadline passes.

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
            raise AssertionError(f"not within {seconds} s: {what}")
        pause.wait(step)
