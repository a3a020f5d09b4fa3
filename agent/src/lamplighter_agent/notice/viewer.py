"""A program that is started for a person and may outlive us.

Not asyncio's subprocesses: they kill the program when their transport is closed, and an open page belongs to
the person who reads it. Not fork, because gRPC runs in the service: posix_spawn. Its end is the kernel's word
on its pidfd. What it says is thrown away; of a `heard` one the start is kept, which tells buttons apart.
"""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress


class Viewer:
    """One running program. `ended` has its exit status once it is over; it is reaped then."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *, heard: bool = False
    ) -> None:
        """Start it; raises OSError where that can't be done. The first word is a path."""
        # The first two bytes that it wrote to its standard output, once `ended`.
        self.said = b""
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[int] = self._loop.create_future()
        self._ear: int | None = None
        mouth: int | None = None
        if heard:
            self._ear, mouth = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        actions: list[tuple[int, int, str, int, int] | tuple[int, int, int]] = [
            (os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in range(3)
        ]
        if mouth is not None:
            actions.append((os.POSIX_SPAWN_DUP2, mouth, 1))
        try:
            self.pid = os.posix_spawn(
                command[0], list(command), environment, file_actions=actions, setsid=True
            )
        except BaseException:
            self._deaf()
            raise
        finally:
            if mouth is not None:
                os.close(mouth)
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
        if self._ear is not None:
            with suppress(BlockingIOError):
                self.said = os.read(self._ear, 2)
        self._forget()
        status = -1
        with suppress(ChildProcessError):
            status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        if not self.ended.done():
            self.ended.set_result(status)

    def _forget(self) -> None:
        self._loop.remove_reader(self._handle)
        os.close(self._handle)
        self._deaf()

    def _deaf(self) -> None:
        if self._ear is not None:
            os.close(self._ear)
            self._ear = None
