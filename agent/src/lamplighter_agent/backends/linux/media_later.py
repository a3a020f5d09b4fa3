"""Judges a file that was written to a released medium after its scan, when somebody opens it.

Asked on the guard's own thread (`media_fanotify`), by the descriptor that the kernel gave: no file of the
medium is ever opened here, and none is read here either. A process of its own (`later_process`) does that as
a scan does, with the same engines and by looking into archives; it starts with the first file, by vfork and
exec. Only its explicit word is clean: when it ends or is silent, it is started once more for the same file,
and then the file does not open.
"""

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.linux.media_scanner import CLAMD
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits

# A program of the person waits for it: one file's answer of clamd, and the whole.
ANSWERS_WITHIN_S: Final = 30.0
WHOLE_WITHIN_S: Final = 60.0
_ENDS_WITHIN_S: Final = 5.0
_STARTS: Final = 2
_LONGEST_WORD: Final = 64
_COMMAND: Final = (sys.executable, "-I", "-m", "lamplighter_agent.backends.linux.later_process")
# The most that a school's rules allow; whether younger ones are asked for was decided at the scan.
_LIMITS: Final = ScanLimits(stale_days=30)


class LaterFiles:
    """Fills `LaterCheck`."""

    def __init__(
        self,
        clamd: Path = CLAMD,
        *,
        rules: Path | None = None,
        answers_within_s: float = ANSWERS_WITHIN_S,
        whole_within_s: float = WHOLE_WITHIN_S,
    ) -> None:
        """Take what a scan takes, how long clamd may take over one file, and how long a file may in all."""
        self._order = Order(
            parent=os.getpid(),
            clamd=str(clamd),
            rules="" if rules is None else str(rules),
            answers_within_s=answers_within_s,
            limits=_LIMITS,
        )
        self._whole_within_s = whole_within_s
        self._process: _Process | None = None
        # Set on the thread, taken on the loop; losing one of two at once changes nothing.
        self._malware = False

    def check(self, descriptor: int) -> bool:
        for _ in range(_STARTS):
            try:
                if self._process is None:
                    self._process = _Process(self._order, self._whole_within_s)
                reason = self._process.judged(descriptor)
            except TimeoutError:
                # It would be as long again.
                self.close()
                return False
            except (OSError, ValueError):
                self.close()
                continue
            self._malware = self._malware or reason is Reason.MALWARE
            return reason is Reason.CLEAN
        return False

    def took_malware(self) -> bool:
        found, self._malware = self._malware, False
        return found

    def close(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None


class _Process:
    """One that judges, until it is ended."""

    def __init__(self, order: Order, within_s: float) -> None:
        """Start it; raises OSError."""
        self._asked, asks = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with asks:
            try:
                self._process = subprocess.Popen(  # vfork: no preexec_fn, no user or group arguments
                    _COMMAND,
                    env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"},
                    cwd="/",
                    stdin=asks.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            except OSError:
                self._asked.close()
                raise
        self._asked.settimeout(within_s)
        with contextlib.suppress(OSError):
            # Where it has ended already the first question says so.
            self._asked.sendall(order.line())

    def judged(self, descriptor: int) -> Reason:
        """Have one file judged; raises OSError where it ended or is silent, ValueError for another word."""
        socket.send_fds(self._asked, [b"?"], [descriptor])
        return Reason(self._asked.recv(_LONGEST_WORD).decode("ascii", "replace"))

    def end(self) -> None:
        self._asked.close()
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDS_WITHIN_S)
