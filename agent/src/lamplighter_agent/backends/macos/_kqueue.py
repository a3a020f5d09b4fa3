"""The kernel's event queue of macOS, for the end of processes. Never ran on a Mac."""

import select
from typing import Any

# Of <sys/event.h>; Python names the other one. root may ask for it of any process.
NOTE_EXITSTATUS = 0x04000000
# It exists on a Mac alone, and so for the type checker, too.
_select: Any = select


class ProcessQueue:
    """Fulfils `exit_watch.Queue`."""

    def __init__(self) -> None:
        self._queue = _select.kqueue()

    def fileno(self) -> int:
        return int(self._queue.fileno())

    def add(self, pid: int) -> None:
        wanted = _select.kevent(
            pid,
            filter=_select.KQ_FILTER_PROC,
            flags=_select.KQ_EV_ADD | _select.KQ_EV_ONESHOT,
            fflags=_select.KQ_NOTE_EXIT | NOTE_EXITSTATUS,
        )
        self._queue.control([wanted], 0, 0)

    def ended(self) -> list[tuple[int, int]]:
        return [(int(one.ident), int(one.data)) for one in self._queue.control(None, 16, 0)]

    def close(self) -> None:
        self._queue.close()
