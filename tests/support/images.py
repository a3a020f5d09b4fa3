"""Images of media on loop devices. Root, and a machine that is the test's."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

MEGABYTES = 24


def image_of(content: Path, image: Path, *, megabytes: int = MEGABYTES) -> Path:
    """Write an ext4 file system with the content of a folder."""
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", str(content), str(image)], check=True)
    return image


@contextlib.contextmanager
def attached(image: Path) -> Iterator[str]:
    """Put an image in as a block device that may be read only; yields its node."""
    command = ["losetup", "--find", "--show", "--read-only", str(image)]
    node = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    try:
        yield node
    finally:
        subprocess.run(["losetup", "--detach", node], check=False, capture_output=True)


@contextlib.contextmanager
def mounted(node: str, folder: Path) -> Iterator[None]:
    """Mount a device read-only."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "ro,noload", node, str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)
