"""How somebody at a console has a process end. The service manager has a way of its own (`service_shell`)."""

import contextlib
import signal
from collections.abc import Callable


def on_end_signals(stop: Callable[[], None]) -> None:
    """Call `stop` on the loop at Ctrl+C; asyncio wakes its loop for that by itself."""
    import asyncio  # noqa: PLC0415 - this module is loaded before it may be

    loop = asyncio.get_running_loop()

    def post(_number: int, _frame: object) -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stop)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, post)
