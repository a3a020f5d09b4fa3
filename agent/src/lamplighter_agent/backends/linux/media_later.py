"""Judges a file that was written to a released medium after its scan, when somebody opens it: by clamd.

Asked on the guard's own thread (`media_fanotify`), by the descriptor that the kernel gave: no file of the
medium is ever opened here. Only an explicit OK is clean. Without clamd nothing that is unknown opens.
"""

from pathlib import Path
from typing import Final

from lamplighter_agent.backends.linux.media_scanner import CLAMD
from lamplighter_agent.media.scan.clamd import Clamd
from lamplighter_agent.media.scan.engine import EngineBroken, Session
from lamplighter_agent.media.scan.outcome import Reason

# A program of the person waits for it.
ANSWERS_WITHIN_S: Final = 30.0


class LaterFiles:
    """Fills `LaterCheck`."""

    def __init__(self, clamd: Path = CLAMD, *, answers_within_s: float = ANSWERS_WITHIN_S) -> None:
        self._clamd = Clamd(str(clamd), answers_within_s=answers_within_s)
        self._session: Session | None = None
        # Set on the thread, taken on the loop; losing one of two at once changes nothing.
        self._malware = False

    def check(self, descriptor: int) -> bool:
        # A session that clamd ended since, as it does after a while, is opened once more.
        for _ in range(2):
            try:
                if self._session is None:
                    self._session = self._clamd.session()
                self._session.begin(descriptor)
                reason = self._session.end()
            except EngineBroken:
                self._close()
                continue
            self._malware = self._malware or reason is Reason.MALWARE
            return reason is Reason.CLEAN
        return False

    def took_malware(self) -> bool:
        found, self._malware = self._malware, False
        return found

    def close(self) -> None:
        self._close()

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
