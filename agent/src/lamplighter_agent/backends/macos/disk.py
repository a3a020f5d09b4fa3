"""Durability and room of files on a Mac; the rest is every POSIX system's. Never ran on a Mac."""

import fcntl
import os

from lamplighter_agent.backends.posix.disk import (
    FLAGS,
    lock,
    only_for_us,
    others_may_read,
    read_at,
    readable_by_all,
    replace,
    sync_folder,
    write_at,
)

__all__ = [
    "FLAGS",
    "lock",
    "only_for_us",
    "others_may_read",
    "read_at",
    "readable_by_all",
    "replace",
    "reserve",
    "sync",
    "sync_folder",
    "write_at",
]
# fcntl(2) of macOS: fsync there leaves it to the drive when it writes.
F_FULLFSYNC = 51


def sync(descriptor: int) -> None:
    try:
        fcntl.fcntl(descriptor, F_FULLFSYNC)
    except OSError:
        # A file system without it, such as one on a network.
        os.fsync(descriptor)


def reserve(descriptor: int, size: int) -> None:
    end = os.fstat(descriptor).st_size
    write_at(descriptor, memoryview(bytes(max(0, size - end))), end)
