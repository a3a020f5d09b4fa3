"""Keeps one session helper running in each graphical session.

A helper that ends is started again: at once the first time, then after a delay that doubles up to a bound and
falls back when a helper has settled (its indicator was shown). Each end is told to the `Watcher`, which
records it. A child is reaped only here, and only after it left `children()`: so a process id in there can't
belong to anybody else. Helpers are started by vfork and exec, never by a plain fork, since gRPC runs in this
process; the end of a child is the kernel's word on its pidfd, so no thread waits for it.
"""

import asyncio
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from lamplighter_agent.launching import (
    ENDED_BY_SIGNAL,
    GraphicalSession,
    LaunchSettings,
    SessionFinder,
    command,
    environment,
)
from lamplighter_agent.local_ipc.access import Child

FIRST_DELAY_SECONDS = 0.2
LAST_DELAY_SECONDS = 30.0
STOP_SECONDS = 3.0
# By which people and programs end one another; what a broken program gets from the kernel is not among them.
_ENDING_SIGNALS = frozenset(
    {signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE}
)


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


_Key: TypeAlias = tuple[str, str, int]


class _Helper:
    """One running process. `ended` is set when the kernel says that it has."""

    def __init__(self, session: GraphicalSession, process: subprocess.Popen[bytes], child: Child) -> None:
        self.session = session
        self.process = process
        self.child = child
        self.settled = False
        self.ours = False
        self.ended = asyncio.Event()
        self._handle = os.pidfd_open(process.pid)
        asyncio.get_running_loop().add_reader(self._handle, self._ended)

    def _ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._handle)
        self.ended.set()

    def reap(self) -> int:
        """Collect the exit status; only once `ended`."""
        os.close(self._handle)
        return self.process.wait()

    def kill(self) -> None:
        self.process.kill()


class Launcher:
    """Owns the helpers."""

    def __init__(self, settings: LaunchSettings, finder: SessionFinder, watcher: Watcher) -> None:
        self._settings = settings
        self._finder = finder
        self._watcher = watcher
        self._helpers: dict[int, _Helper] = {}
        self._keepers: dict[_Key, asyncio.Task[None]] = {}
        # Of sessions that are over; each still ends its helper.
        self._leaving: set[asyncio.Task[None]] = set()

    def children(self) -> Mapping[int, Child]:
        """Return the helpers that run or have ended and are not reaped, by process id."""
        return {pid: helper.child for pid, helper in self._helpers.items()}

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
            self._helpers[pid].kill()

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

    def _follow(self, sessions: Mapping[_Key, GraphicalSession]) -> None:
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
            await helper.ended.wait()
        except asyncio.CancelledError:
            await self._end(helper)
            raise
        del self._helpers[helper.process.pid]
        end = HelperEnd(code=helper.reap(), settled=helper.settled, ours=helper.ours)
        self._watcher.helper_ended(helper.process.pid, session, end)
        return helper.settled

    def _start(self, session: GraphicalSession) -> _Helper:
        process = subprocess.Popen(  # vfork: no preexec_fn, no user or group arguments
            command(session, self._settings),
            env=environment(session),
            cwd="/",
            stdin=subprocess.DEVNULL,
            # Its own session: a terminal that started the service is out of its reach.
            start_new_session=True,
        )
        child = self._child(process.pid, session)
        try:
            helper = _Helper(session, process, child)
        except OSError:
            # Nobody would hear of its end.
            process.kill()
            process.wait()
            raise
        self._helpers[process.pid] = helper
        return helper

    def _child(self, pid: int, session: GraphicalSession) -> Child:
        if self._settings.gid is None:
            return Child(pid=pid, uid=os.getuid(), gid=os.getgid())
        return Child(pid=pid, uid=session.account.uid, gid=self._settings.gid)

    async def _end(self, helper: _Helper) -> None:
        helper.process.send_signal(signal.SIGTERM)
        # Not asyncio.timeout: in Debian 12 (Python 3.11.2) it takes its own time-out for the cancellation
        # that brought us here, and a helper deaf to SIGTERM would live on.
        ended = asyncio.create_task(helper.ended.wait())
        _, late = await asyncio.wait({ended}, timeout=STOP_SECONDS)
        if late:
            helper.kill()
            await ended
        del self._helpers[helper.process.pid]
        helper.reap()
