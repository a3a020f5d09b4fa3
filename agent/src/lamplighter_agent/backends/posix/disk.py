"""Files and folders as POSIX has them; each function promises what `backends/select_files.py` says of it."""

import fcntl
import os
from pathlib import Path
from typing import Final

FLAGS: Final = os.O_CLOEXEC | os.O_NOFOLLOW
PRIVATE: Final = "a file, mode 0600"


def read_at(descriptor: int, count: int, offset: int) -> bytes:
    return os.pread(descriptor, count, offset)


def write_at(descriptor: int, content: memoryview, offset: int) -> int:
    return os.pwrite(descriptor, content, offset)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(aside: Path, path: Path) -> None:
    aside.replace(path)


def readable_by_all(path: Path, descriptor: int) -> None:
    del path
    os.fchmod(descriptor, 0o644)


def only_for_us(path: Path, descriptor: int) -> None:
    del path
    os.fchmod(descriptor, 0o600)


def others_may_read(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o077)


def lock(descriptor: int, *, wait: bool) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
