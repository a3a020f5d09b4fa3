"""Looks after the helpers from outside: one that is held still, looked into or hangs is ended and replaced.

It asks the kernel for the state of each helper, and not the helper for an answer: that can't be imitated by a
program that answers in its place, and tells a stop from a busy machine. Whoever stops a helper (SIGSTOP) is
thus noticed within `LOOK_SECONDS`; the launcher starts another one.

A helper whose event loop is blocked looks like any other to the kernel, but it reads nothing. So each look
sends a ping, and whether the last one was read is again the kernel's word: no answer is sent, and nobody is
woken by one. One that is at work and left a ping unread for `HUNG_SECONDS` hangs, noticed 4.5 s after it
began at the latest; one that still starts may take longer. Where our own look came late, the machine is
busy and nothing is held against anybody.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import Protocol

from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.backends.ports import ProcessCondition
from lamplighter_agent.losses import Reason

LOOK_SECONDS = 2.0
HUNG_SECONDS = 2.5
# For one that has not shown its strip yet: it may still be loading programs from a slow disk.
STARTING_SECONDS = 20.0
_LATE_SECONDS = 0.5
_LEAST_SECONDS = 0.05
_REASONS = {
    ProcessCondition.STOPPED: pb.LossNotice.REASON_HELPER_STOPPED,
    ProcessCondition.TRACED: pb.LossNotice.REASON_HELPER_TRACED,
}


class Line(Protocol):
    """The connections to the helpers, by process id."""

    def ping(self, pid: int) -> bool:
        """Send something to read; False where there is no connection."""
        ...

    def unread(self, pid: int) -> bool:
        """Say whether a helper has left something unread."""
        ...

    def at_work(self, pid: int) -> bool:
        """Say whether a helper has shown its strip."""
        ...


class Pings:
    """What was sent to whom and when, by the loop's clock."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._sent: dict[int, float] = {}

    def look(self, pids: Collection[int], now: float, late: float) -> list[int]:
        """Return those that hang, and ping the others; `late` is how many seconds too late this look is."""
        for gone in self._sent.keys() - set(pids):
            del self._sent[gone]
        return [pid for pid in pids if self._hangs(pid, now, late)]

    def wait(self, now: float) -> float:
        """Return the seconds until somebody may hang, or until the next look."""
        left = (self._allowed(pid) - (now - sent) for pid, sent in self._sent.items())
        return max(_LEAST_SECONDS, min([LOOK_SECONDS, *left]))

    def _hangs(self, pid: int, now: float, late: float) -> bool:
        if pid in self._sent and self._line.unread(pid):
            if late > _LATE_SECONDS:
                self._sent[pid] = now
            if now - self._sent[pid] < self._allowed(pid):
                return False
            del self._sent[pid]
            return True
        if self._line.ping(pid):
            self._sent[pid] = now
        else:
            self._sent.pop(pid, None)
        return False

    def _allowed(self, pid: int) -> float:
        return HUNG_SECONDS if self._line.at_work(pid) else STARTING_SECONDS


async def watch_helpers(
    helpers: Callable[[], Collection[int]],
    condition: Callable[[int], ProcessCondition],
    tampered: Callable[[int, Reason], None],
    line: Line,
) -> None:
    """Look at each helper until cancelled; `tampered` is told of its process id and what became of it."""
    now, pings = asyncio.get_running_loop().time, Pings(line)
    while True:
        due = now() + pings.wait(now())
        await asyncio.sleep(due - now())
        fine = []
        for pid in list(helpers()):
            reason = _REASONS.get(condition(pid))
            if reason is None:
                fine.append(pid)
            else:
                tampered(pid, reason)
        for pid in pings.look(fine, now(), now() - due):
            tampered(pid, pb.LossNotice.REASON_HELPER_HUNG)
