"""Small files that must be whole or absent, whatever happens to the power."""

import contextlib
import os
from pathlib import Path


def write_new(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a file that only its owner may write, and have it on disk; nobody else reads it but by `mode`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_whole(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Put a new file in the place of an old one; after a power cut it is the one or the other."""
    aside = path.with_name(f".{path.name}.new")
    write_new(aside, content, mode=mode)
    aside.replace(path)
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """Remove a file durably; one that is not there is fine."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
