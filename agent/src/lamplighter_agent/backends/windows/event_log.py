"""A service of Windows has nowhere to write to: what it says goes to the system's event log."""

import io
import sys
from typing import Any


class EventLog(io.TextIOBase):
    """A stream whose lines are events, told of as warnings; what is there is bounded by Windows."""

    def __init__(self, report: Any = None) -> None:
        self._report = report or _reported

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        for line in text.splitlines():
            if line.strip():
                self._report(line)
        return len(text)


def _reported(line: str) -> None:
    import servicemanager  # noqa: PLC0415 - not before there is something to say

    servicemanager.LogWarningMsg(line)


def stand_in_streams() -> None:
    """Give this process streams where it was started without any."""
    if sys.stderr is None:
        sys.stderr = EventLog()
    if sys.stdout is None:
        sys.stdout = EventLog()
