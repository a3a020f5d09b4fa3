"""A program that is started for a person and may outlive us.

Not asyncio's subprocesses: they kill the program when their transport is closed, and an open page belongs to
the person who reads it. Not fork, because gRPC runs in the service: posix_spawn. Its end is the kernel's word
on its pidfd. What it says is thrown away; of a `heard` one the start is kept, which tells buttons apart and
holds a short line that somebody entered. A `fed` one reads what it is given, such as how far something is.
"""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress

_HEARD_BYTES = 64


class Viewer:
    """One running program. `ended` has its exit status once it is over; it is reaped then."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        heard: bool = False,
        fed: bool = False,
    ) -> None:
        """Start it; raises OSError where that can't be done. The first word is a path."""
        # The start of what it wrote to its standard output, once `ended`.
        self.said = b""
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[int] = self._loop.create_future()
        self._ear: int | None = None
        self._spoon: int | None = None
        theirs: dict[int, int] = {}
        if heard:
            self._ear, theirs[1] = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        if fed:
            theirs[0], self._spoon = os.pipe2(os.O_CLOEXEC)
            os.set_blocking(self._spoon, False)
        actions: list[tuple[int, int, str, int, int] | tuple[int, int, int]] = [
            (os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in range(3)
        ]
        actions += [(os.POSIX_SPAWN_DUP2, pipe, place) for place, pipe in theirs.items()]
        try:
            self.pid = os.posix_spawn(
                command[0], list(command), environment, file_actions=actions, setsid=True
            )
        except BaseException:
            self._deaf()
            raise
        finally:
            for pipe in theirs.values():
                os.close(pipe)
        self._handle = os.pidfd_open(self.pid)
        self._loop.add_reader(self._handle, self._over)

    def feed(self, line: str) -> None:
        """Give a fed one a line to read; one that reads no more, or too slowly, goes without."""
        if self._spoon is not None:
            with suppress(BlockingIOError, BrokenPipeError):
                os.write(self._spoon, f"{line}\n".encode())

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
                self.said = os.read(self._ear, _HEARD_BYTES)
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
        if self._spoon is not None:
            os.close(self._spoon)
            self._spoon = None
