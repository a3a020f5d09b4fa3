"""Who still has a volume that was unmounted: what it takes to know, and to end them.

A mount can live on where nobody sees it: somebody copied it into a mount namespace of their own
(`unshare -Urm`), or has a folder or a file of it open. Only the kernel knows for sure whether a file system
is still alive on a device: then the device can't be had alone (O_EXCL). Who keeps it alive is looked for in
/proc, and only programs of people are ended, never the system's own.

A person is whom the medium was released to, and whoever signed in: the kernel notes the account of a sign-in
for all that is started from there (loginuid), whatever number a directory gave it, and nothing for what the
system starts. Root is nobody. Where a kernel notes nothing, those remain to whom it was released.

Each call may wait for the hardware, or for a file system that somebody pretends, so callers use a thread that
nobody else needs.
"""

import contextlib
import os
import signal
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.linux import _block

PROCESSES: Final = Path("/proc")
# As the kernel writes -1.
_NOT_SIGNED_IN: Final = 0xFFFFFFFF
_ROOT: Final = 0
_LINKS: Final = ("cwd", "root", "exe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Who had a device's file system when all processes were looked at."""

    # The account of each program of people: it was killed.
    people: tuple[int, ...]
    # Of each of the system's own, such as an engine that scans what it was given, or this process.
    system: tuple[int, ...]


def end(node: str, people: Collection[int]) -> Holders:
    """Kill each program of a person that has the device's file system; `people` are persons in any case.

    Raises OSError where the device is gone.
    """
    device = Path(node).stat().st_rdev
    processes = list(_processes())
    signed_in = {*people, *map(_signed_in, processes)} - {_ROOT, _NOT_SIGNED_IN}
    found = [one for pid in processes if (one := _asked(pid, node, device, signed_in)) is not None]
    return Holders(
        people=tuple(account for account, is_person in found if is_person),
        system=tuple(account for account, is_person in found if not is_person),
    )


def _processes() -> Iterator[int]:
    for one in PROCESSES.iterdir():
        if one.name.isdecimal():
            yield int(one.name)


def _asked(pid: int, node: str, device: int, people: AbstractSet[int]) -> tuple[int, bool] | None:
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
        # A number that a person was lent, as in a container of theirs, is in nobody's list.
        is_person = owner != _ROOT and not people.isdisjoint({owner, _signed_in(pid)})
        if is_person:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
    except OSError:
        # It has ended by itself.
        return None
    finally:
        os.close(handle)
    return owner, is_person


def _owner(pid: int) -> int:
    """Return the account that started it; the owner of its folder in /proc may be root for another reason."""
    for line in (PROCESSES / str(pid) / "status").read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name == "Uid":
            return int(value.split()[0])
    return _ROOT


def _signed_in(pid: int) -> int:
    """Return the account whose sign-in it comes from."""
    try:
        return int((PROCESSES / str(pid) / "loginuid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return _NOT_SIGNED_IN


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
