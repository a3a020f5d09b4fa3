"""Waiting for real state with a deadline; the tests never sleep for order."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from installers.quickstart import waiting

T = TypeVar("T")


def wait_for(look: Callable[[], T | None], what: str, *, seconds: float = 30.0, step: float = 0.01) -> T:
    """Return the first true answer of `look`; fail naming `what` when the deadline passes."""
    try:
        return waiting.wait_for(look, what, seconds=seconds, step=step)
    except TimeoutError as error:
        raise AssertionError(str(error)) from error


async def until(look: Callable[[], object], *, seconds: float = 20.0) -> None:
    """Let the loop run until `look()` is true, for state that it changes; TimeoutError at the deadline."""
    async with asyncio.timeout(seconds):
        while not look():  # noqa: ASYNC110 - the state is not ours to signal
            await asyncio.sleep(0.005)
