"""The way from a thread of a backend's own to the event loop: the only one that such a thread may take."""

import asyncio
import contextlib
from collections.abc import Callable


def poster() -> Callable[..., None]:
    """Return what has a function called, with its arguments, on the loop that runs now; for any thread.

    After the end of that loop it does nothing: whoever would have heard ended with it.
    """
    loop = asyncio.get_running_loop()

    def post(function: Callable[..., object], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(function, *arguments)

    return post
