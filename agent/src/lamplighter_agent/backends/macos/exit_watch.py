"""Tells the end of a process that launchd started, on the loop, by the kernel's event queue."""

import asyncio
import os
from collections.abc import Callable
from typing import Protocol


class Queue(Protocol):
    """The kernel's queue; its descriptor is readable when a process has ended."""

    def fileno(self) -> int: ...

    def add(self, pid: int) -> None:
        """Wait for the end of a process; raises OSError where there is none, or it may not be asked for."""
        ...

    def ended(self) -> list[tuple[int, int]]:
        """Return who has ended since the last question, each with its status as wait(2) has it."""
        ...

    def close(self) -> None: ...


class ExitWatch:
    """Watches processes by id: of one that is watched, the end is told once, as an exit code."""

    def __init__(self, opens: Callable[[], Queue]) -> None:
        self._opens = opens
        self._queue: Queue | None = None
        self._told: dict[int, Callable[[int], None]] = {}

    def watch(self, pid: int, told: Callable[[int], None]) -> None:
        """Call `told` on the loop with the exit code, negative for a signal; raise OSError if it is gone."""
        if self._queue is None:
            self._queue = self._opens()
            asyncio.get_running_loop().add_reader(self._queue.fileno(), self._ready)
        self._queue.add(pid)
        self._told[pid] = told

    def close(self) -> None:
        """Tell nothing any more. Idempotent."""
        queue, self._queue = self._queue, None
        self._told.clear()
        if queue is not None:
            asyncio.get_running_loop().remove_reader(queue.fileno())
            queue.close()

    def _ready(self) -> None:
        if self._queue is None:
            return
        for pid, status in self._queue.ended():
            told = self._told.pop(pid, None)
            if told is not None:
                told(os.waitstatus_to_exitcode(status))
