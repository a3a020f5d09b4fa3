"""The end of processes, from a pretended queue of the kernel's; its descriptor is a real pipe's."""

import asyncio
import os

import pytest
from lamplighter_agent.backends.macos.exit_watch import ExitWatch

from tests.support.waiting import until


class PretendedQueue:
    """Fills `Queue`."""

    def __init__(self, *gone: int) -> None:
        self.watched: list[int] = []
        self.closed = False
        self._gone = gone
        self._reader, self._writer = os.pipe()
        self._ended: list[tuple[int, int]] = []

    def fileno(self) -> int:
        return self._reader

    def add(self, pid: int) -> None:
        if pid in self._gone:
            raise ProcessLookupError(3, "No such process")
        self.watched.append(pid)

    def ended(self) -> list[tuple[int, int]]:
        os.read(self._reader, 64)
        ended, self._ended = self._ended, []
        return ended

    def close(self) -> None:
        self.closed = True
        os.close(self._reader)
        os.close(self._writer)

    def ends(self, pid: int, status: int) -> None:
        self._ended.append((pid, status))
        os.write(self._writer, b"x")


async def test_an_end_is_told_once_as_an_exit_code() -> None:
    queue, told = PretendedQueue(), list[tuple[str, int]]()
    watch = ExitWatch(lambda: queue)
    watch.watch(7, lambda code: told.append(("seven", code)))
    watch.watch(8, lambda code: told.append(("eight", code)))
    queue.ends(8, 9)
    queue.ends(7, 3 << 8)
    queue.ends(7, 0)
    await until(lambda: len(told) == 2)
    assert sorted(told) == [("eight", -9), ("seven", 3)]
    watch.close()
    watch.close()
    assert queue.closed


async def test_one_that_is_gone_raises_and_nothing_is_told_after_the_close() -> None:
    queue, told = PretendedQueue(9), list[int]()
    watch = ExitWatch(lambda: queue)
    with pytest.raises(OSError, match="No such process"):
        watch.watch(9, told.append)
    watch.watch(7, told.append)
    queue.ends(7, 0)
    watch.close()
    await asyncio.sleep(0)
    assert told == []
