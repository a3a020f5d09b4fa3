"""Tells open pages that a commit happened.

It carries no content: whoever wakes up asks the store what is newer.
"""

import asyncio


class Arrivals:
    """One per collector; used on the loop only."""

    def __init__(self) -> None:
        self._next: asyncio.Future[None] | None = None
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    def announce(self) -> None:
        """A commit changed something: wake every open page."""
        waiting, self._next = self._next, None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def close(self) -> None:
        """The collector stops: every open page's stream ends."""
        self._closed = True
        self.announce()

    def next(self) -> asyncio.Future[None]:
        """Resolves at the next announcement. Take it before reading the store, so that none is missed."""
        if self._next is None or self._next.done():
            self._next = asyncio.get_running_loop().create_future()
            if self._closed:
                self._next.set_result(None)
        return self._next
