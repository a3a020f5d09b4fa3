"""Durability and room of files on Linux; the rest is every POSIX system's."""

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


def sync(descriptor: int) -> None:
    os.fdatasync(descriptor)


def reserve(descriptor: int, size: int) -> None:
    os.posix_fallocate(descriptor, 0, size)
