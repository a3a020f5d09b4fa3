"""Durability and room of files on a Mac, as `backends/select_files.py` promises them. Never ran on a Mac."""

import fcntl
import os

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
    os.pwrite(descriptor, bytes(max(0, size - end)), end)
