"""Going through a medium: reading what comes next while the engines are busy with what came before.

One thread does all of it: on a small device another would only take time from the engines. Results are added
up in the order of the walk, so the digest does not depend on which answer came first, and never more than
`WINDOW` things and so much memory are under way: that stays the same however many files there are.
"""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from lamplighter_agent.backends.select_files import scratch
from lamplighter_agent.media.scan.engine import EngineBroken
from lamplighter_agent.media.scan.found import File, Found, let_go
from lamplighter_agent.media.scan.judging import Begun, Judge
from lamplighter_agent.media.scan.tally import Tally
from lamplighter_agent.media.scan.tree import Walk

WINDOW = 64
MOST_MEMORY_BYTES = 48 << 20
# How far ahead a medium is asked for what will be read, and for how much of each file.
AHEAD = 16
FETCHED_BYTES = 1 << 20
PROGRESS_EVERY_S = 1.0

Progress = Callable[[int, int], None]


class Looking:
    """One pass over one medium."""

    def __init__(self, judge: Judge, told: Progress) -> None:
        self._judge = judge
        self._told = told
        self._next_word = time.monotonic() + PROGRESS_EVERY_S
        self._tally = Tally()
        # Of what is no file, None.
        self._under_way: deque[tuple[Found, Begun | None]] = deque()
        self._memory = 0
        # Opened, and not read yet.
        self._ahead: deque[Found] = deque()

    def through(self, walk: Walk) -> Tally:
        """Look through everything; what breaks an engine ends it, and is the tally's reason."""
        try:
            for found in self._fetched(walk):
                self._begin(found)
                if len(self._under_way) >= WINDOW:
                    # Half of them at once: the engines still have enough to do.
                    self._settle(WINDOW // 2)
                while self._memory > MOST_MEMORY_BYTES:
                    self._settle(len(self._under_way) - 1)
            self._settle(0)
        except EngineBroken as broken:
            self._tally.because(broken.reason)
        finally:
            walk.close()
            self._close()
        return self._tally

    def _fetched(self, walk: Iterable[Found]) -> Iterator[Found]:
        """Give what the walk gives, some things later: until then the medium brings what is in them."""
        for found in walk:
            if isinstance(found, File):
                # What can't be fetched can't be read either, which is told then.
                with contextlib.suppress(OSError):
                    scratch.ahead(found.descriptor, FETCHED_BYTES)
            self._ahead.append(found)
            if len(self._ahead) > AHEAD:
                yield self._ahead.popleft()
        while self._ahead:
            yield self._ahead.popleft()

    def _begin(self, found: Found) -> None:
        begun = self._judge.begin(found) if isinstance(found, File) else None
        self._under_way.append((found, begun))
        self._memory += 0 if begun is None else begun.memory

    def _settle(self, most: int) -> None:
        """Wait until at most so many are under way, the oldest first, and add up the others."""
        while len(self._under_way) > most:
            found, begun = self._under_way.popleft()
            self._memory -= 0 if begun is None else begun.memory
            self._tally.add(found, None if begun is None else self._judge.end(begun))
            self._say()

    def _close(self) -> None:
        """Let go of what was not ended."""
        for found in self._ahead:
            if isinstance(found, File):
                let_go(found.descriptor)
        for _, begun in self._under_way:
            if begun is not None:
                begun.close()

    def _say(self) -> None:
        now = time.monotonic()
        if now >= self._next_word:
            self._next_word = now + PROGRESS_EVERY_S
            self._told(self._tally.files, self._tally.bytes)
