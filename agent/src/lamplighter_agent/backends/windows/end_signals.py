"""How somebody at a console has a process end. The service manager has a way of its own (`service_shell`)."""

import signal
from collections.abc import Callable


def on_end_signals(stop: Callable[[], None]) -> None:
    """Call `stop` on the loop at Ctrl+C; asyncio wakes its loop for that by itself."""
    from lamplighter_agent.backends.to_loop import poster  # noqa: PLC0415 - asyncio may not be loaded before

    post = poster()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: post(stop))
