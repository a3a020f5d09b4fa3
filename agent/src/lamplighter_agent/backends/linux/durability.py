"""Durability and room of files on Linux, as `backends/select_files.py` promises them."""

import os


def sync(descriptor: int) -> None:
    os.fdatasync(descriptor)


def reserve(descriptor: int, size: int) -> None:
    os.posix_fallocate(descriptor, 0, size)
