"""Keeps one helper in each session of a person, and starts one again that ended."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from lamplighter_agent.backends.windows.helper_book import HelperBook, PersonSession


class Process(Protocol):
    """A started helper whose handle is held, so that its process id is nobody else's."""

    @property
    def pid(self) -> int: ...

    async def ended(self) -> int: ...

    def kill(self) -> None: ...


class Keeper:
    """Keeps one helper in each session until cancelled. All on the loop."""

    def __init__(
        self,
        book: HelperBook,
        *,
        find: Callable[[], list[PersonSession]],
        start: Callable[[PersonSession], Process],
        ended: Callable[[int, int], None],
    ) -> None:
        """Take how sessions are found and helpers started; `ended` gets process id and code of each end."""
        self._book = book
        self._find = find
        self._start = start
        self._ended = ended
        self._changed = asyncio.Event()
        self._running: dict[int, tuple[Process, asyncio.Task[None]]] = {}

    def changed(self) -> None:
        """Look again: a session came or went."""
        self._changed.set()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                self._changed.clear()
                for gone in self._book.follow(self._find()):
                    self._running[gone.pid][0].kill()
                self._start_due(loop.time())
                due = self._book.next_due()
                wait = None if due is None else max(0.0, due - loop.time())
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), wait)
        finally:
            for process, _ in self._running.values():
                process.kill()
            await asyncio.gather(*(task for _, task in self._running.values()), return_exceptions=True)

    def _start_due(self, now: float) -> None:
        for session in self._book.due(now):
            try:
                process = self._start(session)
            except OSError:
                self._book.not_started(session, now)
                continue
            self._book.started(session, process.pid)
            waiting = asyncio.create_task(self._wait(process), name=f"helper {process.pid}")
            self._running[process.pid] = (process, waiting)

    async def _wait(self, process: Process) -> None:
        code = await process.ended()
        del self._running[process.pid]
        if self._book.ended(process.pid, asyncio.get_running_loop().time()):
            self._ended(process.pid, code)
        self._changed.set()
