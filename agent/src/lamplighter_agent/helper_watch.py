"""Looks after the helpers from outside: one that is held still, looked into or hangs is ended and replaced.

It asks the kernel for the state of each helper, and not the helper for an answer: that can't be imitated by a
program that answers in its place, and tells a stop from a busy machine. Whoever stops a helper (SIGSTOP) is
thus noticed within `LOOK_SECONDS`; the launcher starts another one.

A helper whose event loop is blocked looks like any other to the kernel, but it reads nothing. So each look
sends a ping, and whether the last one was read is again the kernel's word: no answer is sent, and nobody is
woken by one. One that is at work and left a ping unread for `HUNG_SECONDS` hangs, noticed 4.5 s after it
began at the latest. Where our own look came late, the machine is busy and nothing is held against anybody.

One that still starts may take `STARTING_SECONDS` without a sign of life: to connect, and then to read or to
say anything. On a slow computer that is not enough, and ending it there again and again would mean that
nothing is ever sensed. So each start that took too long doubles what the next one may take, up to
`MOST_STARTING_SECONDS`, until one came up. What others do to a helper (end, stop, trace) earns no patience.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.backends.ports import ProcessCondition
from lamplighter_agent.clock import in_step
from lamplighter_agent.losses import Reason

LOOK_SECONDS = 2.0
HUNG_SECONDS = 2.5
# For one that has not shown its strip yet: it may still be loading programs from a slow disk.
STARTING_SECONDS = 20.0
MOST_STARTING_SECONDS = 160.0
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

    def heard(self, pid: int) -> int | None:
        """Return how many messages a helper has sent; None where there is no connection."""
        ...

    def at_work(self, pid: int) -> bool:
        """Say whether a helper has shown its strip."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wait:
    """Since when a helper owes a sign of life, and what had been heard of it by then."""

    since: float
    heard: int | None


class Pings:
    """Whose sign of life is waited for, and since when by the loop's clock."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._waits: dict[int, _Wait] = {}
        self._came_up: set[int] = set()
        # For all sessions: how slow a start is is the computer's.
        self._starting = STARTING_SECONDS

    def look(self, pids: Collection[int], now: float, late: float) -> list[int]:
        """Return those that hang, and ping the others; `late` is how many seconds too late this look is."""
        for gone in self._waits.keys() - set(pids):
            del self._waits[gone]
        self._see_who_came_up(pids)
        hanging = [pid for pid in pids if self._hangs(pid, now, late)]
        if any(pid not in self._came_up for pid in hanging):
            self._starting = min(self._starting * 2, MOST_STARTING_SECONDS)
        return hanging

    def wait(self, now: float) -> float:
        """Return the seconds until somebody may hang, or until the next look."""
        left = (self._allowed(pid) - (now - wait.since) for pid, wait in self._waits.items())
        return max(_LEAST_SECONDS, min([LOOK_SECONDS, *left]))

    def _see_who_came_up(self, pids: Collection[int]) -> None:
        up = {pid for pid in pids if self._line.at_work(pid)}
        if up - self._came_up:
            self._starting = STARTING_SECONDS
        self._came_up = up

    def _hangs(self, pid: int, now: float, late: float) -> bool:
        heard, wait = self._line.heard(pid), self._waits.get(pid)
        if wait is None or not (heard is None or self._line.unread(pid)):
            self._line.ping(pid)
            self._waits[pid] = _Wait(since=now, heard=heard)
            return False
        # One at work must read: a thread of it may still speak when its loop is blocked.
        goes_on = heard != wait.heard and pid not in self._came_up
        if goes_on or late > _LATE_SECONDS:
            self._waits[pid] = _Wait(since=now, heard=heard)
            return False
        if now - wait.since < self._allowed(pid):
            return False
        del self._waits[pid]
        return True

    def _allowed(self, pid: int) -> float:
        return HUNG_SECONDS if pid in self._came_up else self._starting


async def watch_helpers(
    helpers: Callable[[], Collection[int]],
    condition: Callable[[int], ProcessCondition],
    tampered: Callable[[int, Reason], None],
    line: Line,
) -> None:
    """Look at each helper until cancelled; `tampered` is told of its process id and what became of it."""
    now, pings = asyncio.get_running_loop().time, Pings(line)
    while True:
        due = now() + in_step(now(), pings.wait(now()))
        await asyncio.sleep(due - now())
        fine = []
        for pid in list(helpers()):
            reason = _REASONS.get(condition(pid))
            if reason is None:
                fine.append(pid)
            else:
                tampered(pid, reason)
        for pid in pings.look(fine, now(), now() - due):
            silent = line.heard(pid) is None
            tampered(pid, pb.LossNotice.REASON_SENSOR_FAILED if silent else pb.LossNotice.REASON_HELPER_HUNG)
