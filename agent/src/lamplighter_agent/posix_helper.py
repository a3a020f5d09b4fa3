"""A session helper as a child process of Linux.

Started by vfork and exec, never by a plain fork, since gRPC runs in this process; its end is the kernel's
word on its pidfd, so no thread waits for it.
"""

import asyncio
import os
import signal
import subprocess

from lamplighter_agent.launching import GraphicalSession, LaunchSettings, command, environment
from lamplighter_agent.local_ipc.access import Child


class PosixHelper:
    """Fulfils the launcher's `HelperProcess`."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.pid = process.pid
        self.ended = asyncio.Event()
        self._handle = os.pidfd_open(process.pid)
        asyncio.get_running_loop().add_reader(self._handle, self._ended)

    def _ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._handle)
        self.ended.set()

    def ask_to_end(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self._process.kill()

    def reap(self) -> int:
        os.close(self._handle)
        return self._process.wait()


def start(session: GraphicalSession, settings: LaunchSettings) -> tuple[PosixHelper, Child]:
    """Start a helper as the session's user; raise `OSError` where that can't be done."""
    process = subprocess.Popen(  # vfork: no preexec_fn, no user or group arguments
        command(session, settings),
        env=environment(session),
        cwd="/",
        stdin=subprocess.DEVNULL,
        # Its own session: a terminal that started the service is out of its reach.
        start_new_session=True,
    )
    try:
        helper = PosixHelper(process)
    except OSError:
        # Nobody would hear of its end.
        process.kill()
        process.wait()
        raise
    return helper, _child(process.pid, session, settings)


def _child(pid: int, session: GraphicalSession, settings: LaunchSettings) -> Child:
    if settings.gid is None:
        return Child(pid=pid, uid=os.getuid(), gid=os.getgid())
    return Child(pid=pid, uid=session.account.uid, gid=settings.gid)
