"""Waiting for real state with a deadline; the tests never sleep for order."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(look: Callable[[], T | None], what: str, *, seconds: float = 10.0, step: float = 0.01) -> T:
    """Return the first true answer of `look`; fail naming `what` when the deadline passes."""
    pause = threading.Event()
    for _ in range(max(1, int(seconds / step))):
        answer = look()
        if answer:
            return answer
        pause.wait(step)
    raise AssertionError(f"not within {seconds} s: {what}")
