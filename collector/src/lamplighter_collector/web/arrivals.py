"""Tells open pages that a commit happened.

It carries no content: whoever wakes up asks the store what is newer.
"""

import asyncio


class Arrivals:
    """One per collector; used on the loop only."""

    def __init__(self) -> None:
        self._next = asyncio.Event()
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    def announce(self) -> None:
        """A commit changed something: wake every open page."""
        self._next.set()
        if not self._closed:
            self._next = asyncio.Event()

    def close(self) -> None:
        """The collector stops: every open page's stream ends."""
        self._closed = True
        self.announce()

    def next(self) -> asyncio.Event:
        """Set at the next announcement. Take it before reading the store, so that none is missed.

        An event and not a future: a page that leaves cancels its own waiting and nobody else's.
        """
        return self._next
