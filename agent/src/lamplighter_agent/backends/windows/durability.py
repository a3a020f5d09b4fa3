"""Durability and room of files on Windows, as `backends/select_files.py` promises them."""

import os

from lamplighter_agent.backends.windows.disk import write_at


def sync(descriptor: int) -> None:
    os.fsync(descriptor)


def reserve(descriptor: int, size: int) -> None:
    end = os.fstat(descriptor).st_size
    write_at(descriptor, memoryview(bytes(max(0, size - end))), end)
