"""The second layer on released media: a file that was written after the scan is looked at before it opens.

The kernel asks us at each open of a file of a released medium, by whichever way it is reached. What was
found clean and is unchanged since opens at once; anything else is handed to the check first, and what is not
clean does not open. A file counts as unchanged by its times and size, and only until the kernel tells that it
was written to.

It is a second layer and never the gate: when this process ends, the kernel lets every open through.

Two threads: one answers what is known, so that a long check of one file holds up only those who need a check,
too; one checks. Neither ever opens a file of a medium.
"""

import os
import queue
import select
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lamplighter_agent.backends.linux import _fanotify
from lamplighter_agent.backends.media_ports import FileCheck
from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.errors import BackendUnavailable

# A stick of school has fewer; what is forgotten is checked again.
MOST_KNOWN: Final = 100_000
_TRIES: Final = 3
_REMEDY: Final = "run the service as root on Linux 5.1 or newer"

# Device, inode; then what changes when a file is written to.
_File = tuple[int, int]
_State = tuple[int, int, int]


_UNKNOWN: Final[_State] = (-1, -1, -1)


def _about(descriptor: int) -> tuple[_File, _State]:
    about = os.fstat(descriptor)
    return (about.st_dev, about.st_ino), (about.st_mtime_ns, about.st_ctime_ns, about.st_size)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One program that waits for a check."""

    descriptor: int


class OpenGate:
    """Answers the kernel for released media. `start`, `watch` and `stop` on the loop."""

    def __init__(self, check: FileCheck, *, refused: Callable[[], None]) -> None:
        """`check` is called on a thread of its own; `refused` on the loop, for each open that was denied."""
        self._check = check
        self._refused = refused
        self._group = -1
        self._wake = -1
        self._threads: list[threading.Thread] = []
        self._unchecked: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        # What was found clean, the longest unused first. Both threads.
        self._known: OrderedDict[_File, _State] = OrderedDict()
        # What was written to while something is checked.
        self._written: set[_File] = set()
        self._lock = threading.Lock()
        self._ending = threading.Event()

    def start(self) -> None:
        """Be ready to watch; a second call does nothing. Raises `BackendUnavailable`."""
        if self._group >= 0:
            return
        try:
            self._group = _fanotify.opened()
        except OSError as error:
            raise BackendUnavailable("OpenGate", f"fanotify: {error.strerror}", _REMEDY) from error
        self._ending.clear()
        self._wake = os.eventfd(0, os.EFD_CLOEXEC)
        self._post = poster()
        self._threads = [
            threading.Thread(target=self._answer, name="media: who opens", daemon=True),
            threading.Thread(target=self._look, name="media: checks", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def watch(self, mount_point: str) -> None:
        """Be asked about the file system that is mounted there; raises `BackendUnavailable`."""
        try:
            _fanotify.mark(self._group, mount_point)
        except OSError as error:
            raise BackendUnavailable("OpenGate", f"fanotify: {error.strerror}", _REMEDY) from error

    def stop(self) -> None:
        """End, after the check that runs; whoever still waits is refused. Idempotent."""
        if self._group < 0:
            return
        self._ending.set()
        os.eventfd_write(self._wake, 1)
        asks, checks = self._threads
        asks.join()
        self._unchecked.put(None)
        checks.join()
        for descriptor in (self._group, self._wake):
            os.close(descriptor)
        self._group = self._wake = -1
        self._threads.clear()
        self._known.clear()

    def _answer(self) -> None:
        ready = select.poll()
        ready.register(self._group, select.POLLIN)
        ready.register(self._wake, select.POLLIN)
        while self._wake not in {descriptor for descriptor, _ in ready.poll()}:
            for event in _fanotify.events(self._group):
                if event.mask & _fanotify.OVERFLOW or event.descriptor < 0:
                    # What was written to is not known any more.
                    with self._lock:
                        self._known.clear()
                    continue
                self._take(event)

    def _take(self, event: _fanotify.Event) -> None:
        try:
            file, state = _about(event.descriptor)
        except OSError:
            # A medium that breaks: nothing is known of this file.
            file, state = (-1, -1), _UNKNOWN
        if not event.mask & _fanotify.OPEN_PERM:
            with self._lock:
                self._known.pop(file, None)
                self._written.add(file)
            os.close(event.descriptor)
            return
        with self._lock:
            known = self._known.get(file) == state
            if known:
                self._known.move_to_end(file)
        # This process opens none; were it to, it could not wait for itself. An empty file holds nothing.
        if known or event.pid == os.getpid() or state[2] == 0:
            self._say(event.descriptor, allow=True)
        else:
            self._unchecked.put(_Asked(event.descriptor))

    def _look(self) -> None:
        while (asked := self._unchecked.get()) is not None:
            clean = not self._ending.is_set() and self._is_clean(asked)
            if not clean:
                self._post(self._refused)
            self._say(asked.descriptor, allow=clean)

    def _is_clean(self, asked: _Asked) -> bool:
        """Check it, once more where it was written to meanwhile; a file that never rests does not open."""
        try:
            for _ in range(_TRIES):
                with self._lock:
                    self._written.clear()
                file, state = _about(asked.descriptor)
                if not self._check(asked.descriptor):
                    return False
                with self._lock:
                    if file not in self._written and _about(asked.descriptor) == (file, state):
                        self._remember(file, state)
                        return True
        except Exception:  # noqa: BLE001 - the one of this thread: whatever fails, the file does not open
            return False
        return False

    def _remember(self, file: _File, state: _State) -> None:
        self._known[file] = state
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    def _say(self, descriptor: int, *, allow: bool) -> None:
        try:
            _fanotify.answer(self._group, descriptor, allow=allow)
        except OSError:
            # The program that waited was killed.
            pass
        finally:
            os.close(descriptor)
