"""Starts the small process that acts when the service has ended, and tells it for what (`until_end.py`).

It is started by posix_spawn, in a process group of its own, with the signals blocked by which a group or a
unit of the system's is asked to end: it ends by itself, right behind the service, and must not before.
"""

import contextlib
import fcntl
import os
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

# What it does at the end may wait for hardware.
ENDS_WITHIN_S: Final = 10.0
_LOOK_S: Final = 0.01
_BLOCKED: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_ENVIRONMENT: Final = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
# Where it finds the file that it locks by being there.
LOCK: Final = 3


class KeeperProcess:
    """One process as long as anything is kept. On one thread; a line in a pipe takes no time."""

    def __init__(self, command: Sequence[str], *, lock: Path | None = None) -> None:
        """With `lock`, a file is locked from the process's start until its end (`is_at_work`)."""
        self._command = tuple(command)
        self._lock = lock
        self._kept: dict[str, None] = {}
        self._pid = 0
        self._pipe = -1
        # What it says that it is ready by.
        self._word = -1
        self._ready = False
        # Told to end, not yet ended.
        self._ending: set[int] = set()

    @property
    def pid(self) -> int:
        """Of the process that runs; 0 where none does."""
        return self._pid

    def is_ready(self) -> bool:
        """Say whether it would act at once; one that has just been started has first to load itself."""
        if self._word >= 0 and not self._ready:
            with contextlib.suppress(BlockingIOError):
                self._ready = bool(os.read(self._word, 1))
        return self._ready

    def keep(self, name: str) -> None:
        """Have it act for a name; raises OSError, and then it will not."""
        new = name not in self._kept
        self._kept[name] = None
        try:
            if not self.renew():
                self._say(f"+{name}")
        except OSError:
            if new:
                del self._kept[name]
            raise

    def renew(self) -> bool:
        """Start it anew where it has ended before its time, and say so; raises OSError."""
        self._reap()
        if self._pid or not self._kept:
            return False
        self._start()
        return True

    def forget(self, name: str) -> None:
        """Have it not act for a name; behind the last one it ends."""
        if name not in self._kept:
            return
        del self._kept[name]
        # Where it has ended there is nobody to tell; the next one is not told of this name.
        with contextlib.suppress(OSError):
            self._say(f"-{name}")
        if not self._kept:
            self._let_go()
        self._reap()

    def close(self) -> None:
        """Have it end, and wait; it acts for what is still kept."""
        self._kept.clear()
        self._let_go()
        until, pause = time.monotonic() + ENDS_WITHIN_S, threading.Event()
        while self._ending:
            if time.monotonic() >= until:
                for pid in self._ending:
                    os.kill(pid, signal.SIGKILL)
            self._reap()
            pause.wait(_LOOK_S)

    def _start(self) -> None:
        read, self._pipe = os.pipe()
        self._word, says = os.pipe()
        given = -1
        try:
            # Never waits for the process, whatever that does.
            os.set_blocking(self._pipe, False)
            os.set_blocking(self._word, False)
            actions = [(os.POSIX_SPAWN_DUP2, read, 0), (os.POSIX_SPAWN_DUP2, says, 1)]
            if self._lock is not None:
                given = _locked(self._lock)
                actions.append((os.POSIX_SPAWN_DUP2, given, LOCK))
            self._pid = os.posix_spawn(
                self._command[0],
                self._command,
                _ENVIRONMENT,
                file_actions=actions,
                setpgroup=0,
                setsigmask=_BLOCKED,
            )
            for name in self._kept:
                self._say(f"+{name}")
        except OSError:
            self._let_go()
            raise
        finally:
            os.close(read)
            os.close(says)
            if given >= 0:
                os.close(given)

    def _say(self, line: str) -> None:
        os.write(self._pipe, f"{line}\n".encode())

    def _let_go(self) -> None:
        for end in (self._pipe, self._word):
            if end >= 0:
                os.close(end)
        self._pipe = self._word = -1
        self._ready = False
        if self._pid:
            self._ending.add(self._pid)
            self._pid = 0

    def _reap(self) -> None:
        if self._pid and _has_ended(self._pid):
            self._pid = 0
            self._let_go()
        self._ending = {one for one in self._ending if not _has_ended(one)}


def is_at_work(lock: Path) -> bool:
    """Say whether a process that was started with this lock still runs, this service's or one's before."""
    try:
        file = os.open(lock, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _locked(path: Path) -> int:
    """Open a file that only root can, and lock it beside others of its kind; raises OSError."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        raise
    return file


def _has_ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
