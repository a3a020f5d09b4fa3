"""A program that is started for a person and may outlive us.

Not asyncio's subprocesses: they kill the program when their transport is closed, and an open page belongs to
the person who reads it. Not fork, because gRPC runs in the service: posix_spawn. Its end is the kernel's word
on its pidfd.
"""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress


class Viewer:
    """One running program. `ended` has its exit status once it is over; it is reaped then."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it; raises OSError where that can't be done. The first word is a path."""
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[int] = self._loop.create_future()
        nothing = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in range(3)]
        self.pid = os.posix_spawn(command[0], list(command), environment, file_actions=nothing, setsid=True)
        self._handle = os.pidfd_open(self.pid)
        self._loop.add_reader(self._handle, self._over)

    def leave(self) -> None:
        """Let it live on without us."""
        if not self.ended.done():
            self._forget()
            self.ended.cancel()

    def end(self) -> None:
        """Have it end, where it still runs: a question whose answer nobody would hear."""
        if not self.ended.done():
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGTERM)

    def _over(self) -> None:
        self._forget()
        status = -1
        with suppress(ChildProcessError):
            status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        if not self.ended.done():
            self.ended.set_result(status)

    def _forget(self) -> None:
        self._loop.remove_reader(self._handle)
        os.close(self._handle)
