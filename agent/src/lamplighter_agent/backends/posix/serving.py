"""Runs the service where signals tell it what is wished: by hand, under systemd, under launchd."""

import asyncio
import contextlib
import os
import signal

from lamplighter_agent.backends.posix.end_signals import on_end_signals
from lamplighter_agent.backends.serving import Wishes, Work


def run_service(work: Work) -> None:
    """Run until the work is over; raise what it raises."""

    async def run() -> None:
        wishes = Wishes()
        on_end_signals(wishes.stop.set)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, wishes.again.set)
        await work(wishes)

    asyncio.run(run())


def begin_anew(pid: int) -> bool:
    """Have a service that runs begin anew; False where that is not ours to ask."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGHUP)
        return True
    return False
