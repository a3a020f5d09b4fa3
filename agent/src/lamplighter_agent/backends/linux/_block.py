"""What is asked of and told to one block device: its insertion's number, its read-only flag, its mounts.

Each call opens the node and may wait for the hardware, so callers use a worker thread. A number is compared
on the very descriptor that the rest is done with: what was put in later under the same name is never touched.
"""

import contextlib
import ctypes
import errno
import fcntl
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# linux/fs.h
_BLKROSET: Final = 0x125D
_BLKROGET: Final = 0x125E
# _IOR(0x12, 128, __u64), since Linux 5.15
_BLKGETDISKSEQ: Final = 0x80081280
_MNT_DETACH: Final = 2
_UMOUNT_NOFOLLOW: Final = 8
MOUNTS: Final = Path("/proc/self/mountinfo")


class SomethingElse(OSError):
    """Another medium is there by now."""


def sequence_of(node: str) -> int:
    """Return the number of the insertion that a node shows; raises OSError where there is none."""
    with _opened(node) as device:
        return _sequence(device)


def make_read_only(node: str, sequence: int, *, read_only: bool) -> None:
    """Let nobody write to it, not even root by accident, or end that.

    Raises:
        OSError: it is gone, or `SomethingElse` is there.
    """
    with _opened(node) as device:
        if _sequence(device) != sequence:
            raise SomethingElse(19, "another medium is there")
        fcntl.ioctl(device, _BLKROSET, struct.pack("i", read_only))


def is_read_only(node: str) -> bool:
    with _opened(node) as device:
        return bool(struct.unpack("i", fcntl.ioctl(device, _BLKROGET, bytes(4)))[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """One mount, with its options of this place. `number` is the kernel's, of all namespaces."""

    number: int
    place: str
    # The kernel's name of what reads it, such as "ext4", or "fuseblk" for a program.
    kind: str
    options: frozenset[str]


def is_busy(node: str, sequence: int) -> bool:
    """Say whether the kernel has the device in use: a file system on it is alive, wherever it is mounted.

    False where it is gone, or another medium is there.
    """
    try:
        with _opened(node) as device:
            if _sequence(device) != sequence:
                return False
        with _opened(node, os.O_EXCL):
            return False
    except OSError as error:
        return error.errno == errno.EBUSY


def mounts(node: str, table: Path = MOUNTS) -> list[Mount]:
    """Where this process sees it mounted, or the one whose table that is; the last mount first."""
    try:
        number = Path(node).stat().st_rdev
    except OSError:
        number = 0
    pair = f"{os.major(number)}:{os.minor(number)}"
    found = []
    for line in table.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        fields = line.split(" ")
        kind, source = fields[fields.index("-") + 1 :][:2]
        # btrfs has a number of its own for each mount, so the name counts, too.
        if (number and fields[2] == pair) or _plain(source) == node:
            options = frozenset(fields[5].split(","))
            place = _plain(fields[4])
            found.append(Mount(number=int(fields[0]), place=place, kind=kind, options=options))
    return found[::-1]


def flush(mount_point: str) -> None:
    """Have everything written that was given to be written; errors are the medium's own."""
    with contextlib.suppress(OSError):
        folder = os.open(mount_point, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            ctypes.CDLL(None).syncfs(folder)
        finally:
            os.close(folder)


def detach(mount_point: str) -> None:
    """Take a mount away, in use or not: no path leads there any more, open files stay open."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.umount2(os.fsencode(mount_point), _MNT_DETACH | _UMOUNT_NOFOLLOW) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


@contextlib.contextmanager
def _opened(node: str, alone: int = 0) -> Iterator[int]:
    device = os.open(node, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | alone)
    try:
        yield device
    finally:
        os.close(device)


def _sequence(device: int) -> int:
    return int(struct.unpack("Q", fcntl.ioctl(device, _BLKGETDISKSEQ, bytes(8)))[0])


def _plain(field: str) -> str:
    """The table writes blanks and the like as octal numbers."""
    return (
        os.fsdecode(os.fsencode(field).decode("unicode_escape").encode("latin-1")) if "\\" in field else field
    )
