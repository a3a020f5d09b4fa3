"""The signals by which a POSIX system has a process end."""

import signal
from collections.abc import Callable


def on_end_signals(stop: Callable[[], None]) -> None:
    """Call `stop` on the loop at SIGTERM and SIGINT."""
    import asyncio  # noqa: PLC0415 - this module is loaded before it may be

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
