"""Waiting for real state with a deadline; the tests never sleep for order."""

import asyncio
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


async def until(look: Callable[[], object], *, seconds: float = 20.0) -> None:
    """Let the loop run until `look()` is true, for state that it changes; TimeoutError at the deadline."""
    async with asyncio.timeout(seconds):
        while not look():  # noqa: ASYNC110 - the state is not ours to signal
            await asyncio.sleep(0.005)
