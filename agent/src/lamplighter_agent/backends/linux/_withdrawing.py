"""Withdraws media for a service that is gone: their releases, mounts, programs, and the right to write.

Done without a daemon's help and in a process for each medium, so that hardware that does not answer holds up
nothing else. Nothing here runs in the service, which withdraws by the guard itself.
"""

import contextlib
import ctypes
import os
import select
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.linux import _block, _freed, _unplug

# The next run of the service waits for this one, as long as it takes (`media_keeper`).
WITHIN_S: Final = 45.0
_MOST_MOUNTS: Final = 16
_CLONE_NEWNS: Final = 0x00020000
_SYSTEM: Final = Path("/proc/1")
_OURS: Final = Path("/proc/self")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One node of a medium that was released to an account, whose number that is."""

    node: str
    sequence: int
    # Can be mounted; a whole disk with partitions, or a container, is in use by those.
    holds_files: bool
    account: int
    # The medium's, for the kernel.
    key: str

    def line(self) -> str:
        return f"{self.node} {self.sequence} {int(self.holds_files)} {self.account} {self.key}"


def read(line: str) -> Place:
    """Return what `line` made; raises ValueError."""
    node, sequence, holds_files, account, key = line.split(" ", 4)
    return Place(
        node=node, sequence=int(sequence), holds_files=holds_files == "1", account=int(account), key=key
    )


def withdraw(lines: Iterable[str], folder: str) -> int:
    """Withdraw each medium; 0 where nobody keeps any, else 1."""
    media: dict[str, list[Place]] = {}
    for place in map(read, lines):
        media.setdefault(place.key, []).append(place)
    for places in media.values():
        _drop(places, Path(folder))
    return _ended([_apart(key, places) for key, places in media.items()])


def free(key: str, places: Sequence[Place]) -> bool:
    """Take one medium from everybody; False where somebody was not made to let go of it, and it went."""
    nodes = list(dict.fromkeys((one.node, one.sequence) for one in places))
    people = {one.account for one in places}
    for node, _sequence in nodes:
        _detach(node)
    kept = any(_keeps(one, people) for one in places if one.holds_files)
    for node, sequence in nodes:
        # What is gone needs nothing, and what came in its place is not this medium's.
        with contextlib.suppress(OSError):
            _block.make_read_only(node, sequence, read_only=True)
    if kept:
        try:
            _unplug.take_off(key)
        except OSError as error:
            sys.stderr.write(f"a medium that is still used was not taken off: {error.strerror}\n")
    return not kept


def _keeps(place: Place, people: set[int]) -> bool:
    state = _freed.freed(place.node, place.sequence, people).state
    # A program of the system's own may end its work: nobody else comes to the medium by that.
    return state is _freed.State.KEPT or bool(_mounted(place.node, _OURS) or _mounted(place.node, _SYSTEM))


def _apart(key: str, places: Sequence[Place]) -> int:
    """Do it in a process of its own; returns its number. Nothing but one thread runs here."""
    pid = os.fork()
    if pid == 0:
        failed = True
        try:
            failed = not free(key, places)
        finally:
            # Also past an exception: the rest of this program is the parent's.
            os._exit(failed)
    return pid


def _ended(processes: Sequence[int]) -> int:
    """Wait for each, but not for ever; 1 where one failed or did not end."""
    failed, until = 0, time.monotonic() + WITHIN_S
    for pid in processes:
        told, ends = os.pidfd_open(pid), select.poll()
        ends.register(told, select.POLLIN)
        ended = ends.poll(max(until - time.monotonic(), 0.0) * 1000)
        failed |= not ended or bool(os.waitpid(pid, 0)[1])
        os.close(told)
    return int(failed)


def _drop(places: Iterable[Place], folder: Path) -> None:
    """Delete the releases; without the service's lock they count for nothing any more."""
    for begins in {f"{Path(one.node).name}.{one.sequence}." for one in places}:
        with contextlib.suppress(OSError):
            for file in folder.glob(f"{begins}*"):
                file.unlink()


def _detach(node: str) -> None:
    """Take its mounts away where we see them, and where the system does."""
    _detach_here(node, _OURS)
    if not _mounted(node, _SYSTEM):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    with contextlib.suppress(OSError), contextlib.ExitStack() as opened:
        there, back = (_opened(opened, place / "ns/mnt") for place in (_SYSTEM, _OURS))
        if libc.setns(there, _CLONE_NEWNS) == 0:
            try:
                _detach_here(node, _SYSTEM)
            finally:
                libc.setns(back, _CLONE_NEWNS)


def _opened(stack: contextlib.ExitStack, path: Path) -> int:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    stack.callback(os.close, descriptor)
    return descriptor


def _detach_here(node: str, process: Path) -> None:
    """Take its mounts away of the namespace that we are in, which is this process's."""
    for _ in range(_MOST_MOUNTS):
        found = _mounted(node, process)
        if not found:
            return
        with contextlib.suppress(OSError):
            _block.detach(found[0].place)


def _mounted(node: str, process: Path) -> list[_block.Mount]:
    try:
        return _block.mounts(node, process / "mountinfo")
    except OSError:
        return []
