"""Tells of every change of the table of mounts, on the loop, without a thread.

The table is readable always and only *priority* data means a change, which asyncio can't wait for; an epoll
of its own can, and is itself waited for.
"""

import asyncio
import os
import select
from collections.abc import Callable

from lamplighter_agent.backends.linux._block import MOUNTS


class MountTable:
    """Used on the loop only. `stop` is idempotent."""

    def __init__(self) -> None:
        self._poll: select.epoll | None = None
        self._table = -1

    @property
    def is_started(self) -> bool:
        return self._poll is not None

    def start(self, changed: Callable[[], None]) -> None:
        """Listen; raises OSError."""
        self._table = os.open(MOUNTS, os.O_RDONLY | os.O_CLOEXEC)
        self._poll = poll = select.epoll()
        poll.register(self._table, select.EPOLLPRI | select.EPOLLET)
        # A first report is of what is there already.
        poll.poll(0)

        def heard() -> None:
            poll.poll(0)
            changed()

        asyncio.get_running_loop().add_reader(poll.fileno(), heard)

    def stop(self) -> None:
        if self._poll is not None:
            asyncio.get_running_loop().remove_reader(self._poll.fileno())
            self._poll.close()
            self._poll = None
        if self._table >= 0:
            os.close(self._table)
            self._table = -1
