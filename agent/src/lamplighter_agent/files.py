"""Small files that must be whole or absent, whatever happens to the power.

A file is for the service alone, unless it is `public`: then every account of this device may read it. What is
not `durable` may be the old one again after a power cut, and costs no wait for the disk.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from lamplighter_agent.backends.select_files import disk, durability


def write_new(path: Path, content: bytes, *, public: bool = False, durable: bool = True) -> None:
    """Write a file, or write one anew; raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | disk.FLAGS
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        (disk.readable_by_all if public else disk.only_for_us)(path, file.fileno())
        file.write(content)
        file.flush()
        if durable:
            durability.sync(file.fileno())


def replace_whole(path: Path, content: bytes, *, public: bool = False, durable: bool = True) -> None:
    """Put a new file in the place of an old one; whoever reads it sees the one or the other."""
    aside = path.with_name(f".{path.name}.new")
    try:
        write_new(aside, content, public=public, durable=durable)
        disk.replace(aside, path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    if durable:
        disk.sync_folder(path.parent)


def remove(path: Path) -> None:
    """Remove a file durably; one that is not there is fine."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
        disk.sync_folder(path.parent)


@contextlib.contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold a lock of the kernel, which ends with this process however that comes; the file stays.

    To unlink it would let a third one lock another file of the same name. Raises `BlockingIOError` where
    somebody holds it and we don't `wait`.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | disk.FLAGS, 0o600)
    try:
        disk.lock(descriptor, wait=wait)
        yield
    finally:
        os.close(descriptor)
