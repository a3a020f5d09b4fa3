"""Going through a medium with several judges at once.

The walk stays in the calling thread and opens what is found; each judge is a thread. Results are added up in
the order of the walk, so the digest does not depend on who was quicker, and never more than `WINDOW` files
are under way: memory and descriptors stay the same however many there are.
"""

import contextlib
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from lamplighter_agent.media.scan.engine import EngineBroken
from lamplighter_agent.media.scan.judging import Judge, Judged
from lamplighter_agent.media.scan.outcome import Reason
from lamplighter_agent.media.scan.tally import Tally
from lamplighter_agent.media.scan.tree import File, Found, Walk

WINDOW = 64
PROGRESS_EVERY_S = 1.0

Progress = Callable[[int, int], None]


class _Job:
    """Something found, and of a file what it came to once `done`."""

    __slots__ = ("broken", "done", "found", "judged")

    def __init__(self, found: Found) -> None:
        self.found = found
        self.judged: Judged | None = None
        self.broken: Reason | None = None
        self.done = not isinstance(found, File)


class Looking:
    """One pass over one medium."""

    def __init__(self, judges: Sequence[Judge], told: Progress) -> None:
        self._told = told
        self._next_word = time.monotonic() + PROGRESS_EVERY_S
        self._tasks: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._finished: queue.SimpleQueue[None] = queue.SimpleQueue()
        # Of what is still under way, how many were heard to be finished.
        self._heard = 0
        self._under_way: deque[_Job] = deque()
        self._threads = [
            threading.Thread(target=self._work, args=(judge,), name=f"judge-{number}")
            for number, judge in enumerate(judges)
        ]

    def through(self, walk: Walk) -> Tally:
        """Look through everything; what breaks an engine ends it, and is the tally's reason."""
        tally = Tally()
        for thread in self._threads:
            thread.start()
        try:
            for found in walk:
                self._give(_Job(found))
                if not self._settle(tally, WINDOW):
                    return tally
            self._settle(tally, 0)
        finally:
            walk.close()
            self._end()
        return tally

    def _give(self, job: _Job) -> None:
        self._under_way.append(job)
        if not job.done:
            self._tasks.put(job)

    def _settle(self, tally: Tally, most: int) -> bool:
        """Add up what is done, and wait until at most so many are under way; False where an engine broke."""
        while self._under_way:
            job = self._under_way[0]
            if not job.done:
                if len(self._under_way) <= most:
                    break
                # Somebody finished something, perhaps not this one.
                self._finished.get()
                self._heard += 1
                continue
            self._under_way.popleft()
            self._unhear(job)
            if job.broken is not None:
                tally.because(job.broken)
                return False
            tally.add(job.found, job.judged)
            self._say(tally)
        return True

    def _unhear(self, job: _Job) -> None:
        """Take this one's word from those that were heard, or from those that wait."""
        if isinstance(job.found, File):
            if self._heard:
                self._heard -= 1
            else:
                self._finished.get()

    def _say(self, tally: Tally) -> None:
        now = time.monotonic()
        if now >= self._next_word:
            self._next_word = now + PROGRESS_EVERY_S
            self._told(tally.files, tally.bytes)

    def _work(self, judge: Judge) -> None:
        while (job := self._tasks.get()) is not None:
            assert isinstance(job.found, File)
            try:
                job.judged = judge.judge(job.found)
            except EngineBroken as broken:
                job.broken = broken.reason
            except MemoryError:
                job.broken = Reason.OUT_OF_MEMORY
            except BaseException:  # noqa: BLE001 - this file was not judged; a panic of a library is no Exception
                job.broken = Reason.SCANNER_FAILED
            job.done = True
            self._finished.put(None)

    def _end(self) -> None:
        # What nobody took up yet.
        with contextlib.suppress(queue.Empty):
            while True:
                job = self._tasks.get_nowait()
                if job is not None and isinstance(job.found, File):
                    os.close(job.found.descriptor)
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()
