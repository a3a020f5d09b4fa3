"""What withdraws released media when the service has ended, as the guard uses it (`withdraw_after`).

It runs as long as a medium is released. Where it is killed, it is started anew at once; where that can't be,
whoever asked for it is told, and nothing stays released.
"""

import asyncio
import errno
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.linux._own_thread import apart
from lamplighter_agent.backends.linux._release_files import FOLDER, KEEPER
from lamplighter_agent.backends.linux._withdrawing import WITHIN_S, Place
from lamplighter_agent.backends.linux.withdraw_after import PROCESS
from lamplighter_agent.backends.posix.keeper import KeeperProcess, is_at_work
from lamplighter_agent.errors import NotHeld

# A slow computer needs most of it to start a program.
READY_WITHIN_S: Final = 60.0
# One that ends sooner would end again.
_SHORTEST_LIFE_S: Final = 5.0
_AGAIN_S: Final = 0.1
_LOOK_S: Final = 0.02


class MediaKeeper:
    """On the loop only."""

    def __init__(self, lost: Callable[[], None], *, folder: Path = FOLDER) -> None:
        """`lost` is called when it has ended and can't be started again. `folder` is of the release files."""
        self._lock = folder / KEEPER
        self._process = KeeperProcess((*PROCESS, str(folder)), lock=self._lock)
        self._lost = lost
        self._kept: dict[str, set[str]] = {}
        # By the number of a process: what tells of its end, and when it was started.
        self._watched: dict[int, tuple[int, float]] = {}

    async def earlier(self) -> None:
        """Wait until what a service before this one released is withdrawn; raises `NotHeld`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + WITHIN_S
        while is_at_work(self._lock):
            if loop.time() >= until:
                raise NotHeld("what a service before this one released is not withdrawn yet")
            await asyncio.sleep(_AGAIN_S)

    async def keep(self, key: str, places: Iterable[Place]) -> None:
        """Have these places of a medium withdrawn; return once it would be done at once; raises OSError.

        What is forgotten meanwhile stays forgotten.
        """
        for place in places:
            line = place.line()
            self._process.keep(line)
            self._kept.setdefault(key, set()).add(line)
        self._watch()
        loop = asyncio.get_running_loop()
        until = loop.time() + READY_WITHIN_S
        while key in self._kept and not self._process.is_ready():
            if loop.time() >= until:
                raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            await asyncio.sleep(_LOOK_S)

    def forget(self, key: str) -> None:
        """Leave a medium alone: it was withdrawn."""
        for line in self._kept.pop(key, ()):
            self._process.forget(line)

    async def close(self) -> None:
        """Have it end; it withdraws what is left."""
        for pid in list(self._watched):
            self._unwatch(pid)
        self._kept.clear()
        await apart(self._process.close)

    def _watch(self) -> None:
        pid, loop = self._process.pid, asyncio.get_running_loop()
        if pid and pid not in self._watched:
            told = os.pidfd_open(pid)
            self._watched[pid] = told, loop.time()
            loop.add_reader(told, self._ended, pid)

    def _unwatch(self, pid: int) -> float:
        told, since = self._watched.pop(pid)
        loop = asyncio.get_running_loop()
        loop.remove_reader(told)
        os.close(told)
        return loop.time() - since

    def _ended(self, pid: int) -> None:
        lived, wanted = self._unwatch(pid), self._process.pid == pid
        try:
            # Where it was told to end this only takes note of it.
            started = self._process.renew()
            self._watch()
        except OSError:
            started = False
        if wanted and not (started and lived >= _SHORTEST_LIFE_S):
            self._lost()
