"""Keeps one session helper running in each graphical session.

A helper that ends is started again: at once the first time, then after a delay that doubles up to a bound and
falls back when a helper has settled (its indicator was shown). Each end is told to the `Watcher`, which
records it. A child is reaped only here, and only after it left `children()`: so a process id in there can't
belong to anybody else. How a process is started and what tells its end is the system's.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from lamplighter_agent.launching import (
    ENDED_BY_SIGNAL,
    GraphicalSession,
    LaunchSettings,
    SessionFinder,
    SessionKey,
)
from lamplighter_agent.local_ipc.access import Child

FIRST_DELAY_SECONDS = 0.2
LAST_DELAY_SECONDS = 30.0
STOP_SECONDS = 3.0
# By which people and programs end one another; what a broken program gets from the kernel is not among them.
# HUP, INT, QUIT, KILL, PIPE and TERM, by their numbers: not every system has names for all.
_ENDING_SIGNALS = frozenset({1, 2, 3, 9, 13, 15})


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperEnd:
    """How a helper ended. `code` is negative for a signal."""

    code: int
    settled: bool
    # We ended it, since it must not go on.
    ours: bool

    @property
    def killed(self) -> bool:
        """Somebody else had it ended."""
        return not self.ours and (self.code == ENDED_BY_SIGNAL or -self.code in _ENDING_SIGNALS)


class Watcher(Protocol):
    """Is told what becomes of helpers, on the loop."""

    def helper_started(self, pid: int, session: GraphicalSession) -> None: ...

    def session_left(self, session: GraphicalSession) -> None:
        """Take note that a session is not watched any more; its helper has ended."""

    def helper_ended(self, pid: int, session: GraphicalSession, end: HelperEnd) -> None:
        """Record the end of a helper that the launcher did not ask to end."""

    def helper_not_started(self, session: GraphicalSession) -> None:
        """Record that no helper could be started; it is tried again."""


class HelperProcess(Protocol):
    """A process that was started. `ended` is set when the system says that it has."""

    @property
    def pid(self) -> int: ...

    @property
    def ended(self) -> asyncio.Event: ...

    def ask_to_end(self) -> None: ...

    def kill(self) -> None: ...

    def reap(self) -> int:
        """Collect the exit status, negative for a signal; only once `ended`."""
        ...


# Raises OSError where a helper can't be started; the child is who will connect.
Start: TypeAlias = Callable[[GraphicalSession, LaunchSettings], tuple[HelperProcess, Child]]


class _Helper:
    """One running process."""

    def __init__(self, session: GraphicalSession, process: HelperProcess, child: Child) -> None:
        self.session = session
        self.process = process
        self.child = child
        self.settled = False
        self.ours = False


class Launcher:
    """Owns the helpers."""

    def __init__(
        self,
        settings: LaunchSettings,
        finder: SessionFinder,
        watcher: Watcher,
        start: Start,
    ) -> None:
        """Take whom to tell, and what starts a process on this system."""
        self._begin = start
        self._settings = settings
        self._finder = finder
        self._watcher = watcher
        self._helpers: dict[int, _Helper] = {}
        self._keepers: dict[SessionKey, asyncio.Task[None]] = {}
        # Of sessions that are over; each still ends its helper.
        self._leaving: set[asyncio.Task[None]] = set()

    def children(self) -> Mapping[int, Child]:
        """Return the helpers that run or have ended and are not reaped, by process id."""
        return {pid: helper.child for pid, helper in self._helpers.items()}

    @property
    def uids(self) -> frozenset[int]:
        """Whose sessions there are."""
        return frozenset(uid for _, _, uid in self._keepers)

    def session_of(self, pid: int) -> GraphicalSession:
        return self._helpers[pid].session

    def settled(self, pid: int) -> None:
        """Take note that a helper does its work, so that its next restart is quick again."""
        if pid in self._helpers:
            self._helpers[pid].settled = True

    def restart(self, pid: int) -> None:
        """Kill a helper that must not go on; it is started again as after any other end."""
        if pid in self._helpers:
            self._helpers[pid].ours = True
            self._helpers[pid].process.kill()

    async def run(self) -> None:
        """Keep helpers running until cancelled, then end them and leave no zombie.

        Raises what a keeper failed with: a session whose helper nobody starts again would look watched.
        """
        try:
            while True:
                self._follow({session.key: session for session in self._finder.sessions()})
                await self._changed()
        finally:
            await self._stop()

    async def _changed(self) -> None:
        """Return when there are other sessions; raise what ended a keeper before."""
        changed = asyncio.create_task(self._finder.changed(), name="sessions")
        try:
            while not changed.done():
                keepers = {*self._keepers.values(), *self._leaving}
                await asyncio.wait({changed, *keepers}, return_when=asyncio.FIRST_COMPLETED)
                for keeper in keepers:
                    if keeper.done():
                        self._leaving.discard(keeper)
                        if not keeper.cancelled():
                            keeper.result()
            changed.result()
        finally:
            changed.cancel()

    def _follow(self, sessions: Mapping[SessionKey, GraphicalSession]) -> None:
        for key in [key for key in self._keepers if key not in sessions]:
            keeper = self._keepers.pop(key)
            keeper.cancel()
            self._leaving.add(keeper)
        for key, session in sessions.items():
            if key not in self._keepers:
                name = f"helper {session.display}"
                self._keepers[key] = asyncio.create_task(self._keep(session), name=name)

    async def _stop(self) -> None:
        tasks = [*self._keepers.values(), *self._leaving]
        for task in self._keepers.values():
            task.cancel()
        self._keepers.clear()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._leaving.clear()
        # Those whose keeper failed.
        for helper in list(self._helpers.values()):
            await self._end(helper)

    async def _keep(self, session: GraphicalSession) -> None:
        try:
            await self._run_again_and_again(session)
        finally:
            self._watcher.session_left(session)

    async def _run_again_and_again(self, session: GraphicalSession) -> None:
        delay = FIRST_DELAY_SECONDS
        while True:
            settled = await self._run_one(session)
            delay = FIRST_DELAY_SECONDS if settled else min(delay * 2, LAST_DELAY_SECONDS)
            await asyncio.sleep(delay)

    async def _run_one(self, session: GraphicalSession) -> bool:
        """Start a helper and wait for its end; return whether it had settled."""
        try:
            helper = self._start(session)
        except OSError:
            # The machine is out of processes, memory or descriptors for now.
            self._watcher.helper_not_started(session)
            return False
        self._watcher.helper_started(helper.process.pid, session)
        try:
            await helper.process.ended.wait()
        except asyncio.CancelledError:
            await self._end(helper)
            raise
        del self._helpers[helper.process.pid]
        end = HelperEnd(code=helper.process.reap(), settled=helper.settled, ours=helper.ours)
        self._watcher.helper_ended(helper.process.pid, session, end)
        return helper.settled

    def _start(self, session: GraphicalSession) -> _Helper:
        process, child = self._begin(session, self._settings)
        helper = self._helpers[process.pid] = _Helper(session, process, child)
        return helper

    async def _end(self, helper: _Helper) -> None:
        process = helper.process
        process.ask_to_end()
        # Not asyncio.timeout: in Debian 12 (Python 3.11.2) it takes its own time-out for the cancellation
        # that brought us here, and a helper deaf to SIGTERM would live on.
        ended = asyncio.create_task(process.ended.wait())
        _, late = await asyncio.wait({ended}, timeout=STOP_SECONDS)
        if late:
            process.kill()
            await ended
        del self._helpers[process.pid]
        process.reap()
