"""The process that judges files which were written to released media after their scan.

What it reads was written by strangers, archives too, so it is no part of the service: it ends
with the thread that asks it, may use little memory, has none of root's rights and opens no file; it gets
descriptors. Its standard input is a socket of messages: an order first (`media/scan/order.py`), then a
descriptor each; its answer to each is the word of a `Reason`.

The engines are those of a scan, and tried when a session with them begins. clamd ends sessions, by itself
after a while and when it is restarted; then another is begun, and tried, for the same file.
"""

import os
import socket
import sys
from dataclasses import replace
from typing import Final

from lamplighter_agent.backends.linux import _confined
from lamplighter_agent.media.scan.engine import EngineBroken
from lamplighter_agent.media.scan.engines import Engines
from lamplighter_agent.media.scan.found import File
from lamplighter_agent.media.scan.inside import look_inside
from lamplighter_agent.media.scan.judging import Judge
from lamplighter_agent.media.scan.order import LONGEST_LINE, Order, order_in
from lamplighter_agent.media.scan.outcome import Reason

_SESSIONS: Final = 2


class Later:
    """Judges one descriptor after the other."""

    def __init__(self, order: Order) -> None:
        self._engines = Engines(order)
        self._limits = order.limits
        self._judge: Judge | None = None

    def judged(self, descriptor: int) -> Reason:
        """Judge what a descriptor shows; it stays the caller's. Never raises for what is in it."""
        try:
            file = File(path=b"", descriptor=descriptor, size=os.fstat(descriptor).st_size)
            if file.size > self._limits.largest_file_bytes:
                return Reason.OVER_LIMIT
            return self._by_a_session(file)
        except MemoryError:
            reason = Reason.OUT_OF_MEMORY
        except Exception:  # noqa: BLE001 - its text may hold a name; whatever fails, the file does not open
            reason = Reason.SCANNER_FAILED
        # Half way through a file it may hold an answer that nobody has read.
        self._end()
        return reason

    def _by_a_session(self, file: File) -> Reason:
        reason = Reason.ENGINE_FAILED
        for _ in range(_SESSIONS):
            try:
                if self._judge is None:
                    reason = self._engines.readiness().reason
                    if reason is not Reason.CLEAN:
                        return reason
                    self._judge = Judge(self._engines.sessions(), look_inside)
                # The judge closes what it gets.
                return self._judge.judge(replace(file, descriptor=os.dup(file.descriptor))).reason
            except EngineBroken as broken:
                reason = broken.reason
                self._end()
        return reason

    def _end(self) -> None:
        if self._judge is not None:
            self._judge.close()
            self._judge = None


def main() -> int:
    """Answer until nobody asks any more."""
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as asked:
        order = order_in(asked.recv(LONGEST_LINE))
        if not _confined.end_with(order.parent):
            return 1
        _confined.bound()
        _confined.give_up_rights()
        later = Later(order)
        while True:
            said, descriptors, _flags, _address = socket.recv_fds(asked, 1, 1)
            if not said:
                return 0
            (descriptor,) = descriptors
            reason = later.judged(descriptor)
            os.close(descriptor)
            asked.sendall(reason.value.encode())


if __name__ == "__main__":
    sys.exit(main())
