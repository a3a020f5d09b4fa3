"""fanotify's permission events, as fanotify(7) documents them: the kernel asks before a file is opened.

Only the primitives; who is asked and what is answered is `media_fanotify`'s. An event's descriptor makes no
events itself, so reading it, or having it read by another program, asks nobody anew.
"""

import ctypes
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

OPEN_PERM: Final = 0x10000
MODIFY: Final = 0x2
CLOSE_WRITE: Final = 0x8
OVERFLOW: Final = 0x4000
_CLOEXEC: Final = 1
_CLASS_CONTENT: Final = 4
_UNLIMITED_QUEUE: Final = 0x10
_UNLIMITED_MARKS: Final = 0x20
_MARK_ADD: Final = 0x1
_MARK_FILESYSTEM: Final = 0x100
_AT_FDCWD: Final = -100
_ALLOW: Final = 1
_DENY: Final = 2
_READ_BYTES: Final = 65536
# event length, version, reserved, metadata length, mask, descriptor, process
_EVENT: Final = struct.Struct("=IBBHQii")
_ANSWER: Final = struct.Struct("=iI")


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `descriptor` is the file's, read-only, and the taker's to close. -1: the queue ran over."""

    mask: int
    descriptor: int
    pid: int


def opened() -> int:
    """Return a new group's descriptor; raises OSError where the kernel or the rights are missing."""
    flags = _CLOEXEC | _CLASS_CONTENT | _UNLIMITED_QUEUE | _UNLIMITED_MARKS
    return _checked(_libc().fanotify_init(flags, os.O_RDONLY | os.O_CLOEXEC | 0o100000))


def mark(group: int, path: str) -> None:
    """Be asked about the whole file system that a path lies on, by whichever mount it is reached."""
    call = _libc().fanotify_mark
    call.argtypes = [ctypes.c_int, ctypes.c_uint, ctypes.c_uint64, ctypes.c_int, ctypes.c_char_p]
    wanted = OPEN_PERM | MODIFY | CLOSE_WRITE
    _checked(call(group, _MARK_ADD | _MARK_FILESYSTEM, wanted, _AT_FDCWD, os.fsencode(path)))


def events(group: int) -> Iterator[Event]:
    """Wait for what came, and yield it."""
    told = os.read(group, _READ_BYTES)
    place = 0
    while place + _EVENT.size <= len(told):
        length, _version, _reserved, _own, mask, descriptor, pid = _EVENT.unpack_from(told, place)
        place += max(length, _EVENT.size)
        yield Event(mask, descriptor, pid)


def answer(group: int, descriptor: int, *, allow: bool) -> None:
    """Let the program that waits for an OPEN_PERM event go on, with the file or without."""
    os.write(group, _ANSWER.pack(descriptor, _ALLOW if allow else _DENY))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
