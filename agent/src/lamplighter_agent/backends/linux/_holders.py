"""Who still has a volume that was unmounted: what it takes to know, and to end them.

A mount can live on where nobody sees it: somebody copied it into a mount namespace of their own
(`unshare -Urm`), or has a folder or a file of it open. Only the kernel knows for sure whether a file system
is still alive on a device: then the device can't be had alone (O_EXCL). Who keeps it alive is looked for in
/proc, and only programs of people are ended, never the system's own.

Each call may wait for the hardware, or for a file system that somebody pretends, so callers use a thread that
nobody else needs.
"""

import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.linux import _block

PROCESSES: Final = Path("/proc")
# Accounts of people begin here on every distribution that is served; below are the system's.
FIRST_PERSON: Final = 1000
_LINKS: Final = ("cwd", "root", "exe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Who had a device's file system when all processes were looked at."""

    # Programs of people: each was killed.
    people: int
    # The system's own, such as an engine that scans what it was given, or this process.
    system: int


def end(node: str) -> Holders:
    """Kill each program of a person that has the device's file system. Raises OSError where it is gone."""
    device = Path(node).stat().st_rdev
    owners = [_asked(pid, node, device) for pid in _processes()]
    people = sum(one is not None and one >= FIRST_PERSON for one in owners)
    return Holders(people=people, system=sum(one is not None for one in owners) - people)


def _processes() -> Iterator[int]:
    for one in PROCESSES.iterdir():
        if one.name.isdecimal():
            yield int(one.name)


def _asked(pid: int, node: str, device: int) -> int | None:
    """Return whose process it is where it has the device, None where not; a person's is dead then."""
    try:
        # First of all, so that what is looked at and what is killed are one process.
        handle = os.pidfd_open(pid)
    except OSError:
        return None
    try:
        if not _has(pid, node, device):
            return None
        owner = _owner(pid)
        if owner >= FIRST_PERSON:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
    except OSError:
        # It has ended by itself.
        return None
    finally:
        os.close(handle)
    return owner


def _owner(pid: int) -> int:
    """Return the account that started it; the owner of its folder in /proc may be root for another reason."""
    for line in (PROCESSES / str(pid) / "status").read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name == "Uid":
            return int(value.split()[0])
    return 0


def _has(pid: int, node: str, device: int) -> bool:
    place = PROCESSES / str(pid)
    if any(_lies_on(one, device) for one in _open(place)) or _is_mapped(place, device):
        return True
    # What the system or this process has, too, is no copy of somebody's own.
    copies = _mounts(node, place) - _mounts(node, PROCESSES / "1") - _mounts(node, PROCESSES / "self")
    return bool(copies)


def _mounts(node: str, place: Path) -> set[int]:
    """Return the numbers of a process's mounts of it."""
    try:
        return {one.number for one in _block.mounts(node, place / "mountinfo")}
    except OSError:
        return set()


def _open(place: Path) -> Iterator[Path]:
    """What it has open, works in, and was started from."""
    yield from (place / name for name in _LINKS)
    with contextlib.suppress(OSError):
        yield from (place / "fd").iterdir()


def _lies_on(path: Path, device: int) -> bool:
    try:
        return path.stat().st_dev == device
    except OSError:
        return False


def _is_mapped(place: Path, device: int) -> bool:
    """Say whether a file of it is in the program's memory, whose descriptor may be closed long since."""
    number = f"{os.major(device):02x}:{os.minor(device):02x}"
    try:
        lines = (place / "maps").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(line.split(maxsplit=4)[3:4] == [number] for line in lines)
