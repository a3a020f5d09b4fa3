"""The second disk of the emulated computer: the product, and the checks' own programs, made anew each run."""

import shutil
from pathlib import Path

from tests.machine.image import HERE, make_ext4
from tests.support.clamav import write_signatures


def make_carried(folder: Path) -> Path:
    """Write the disk into `folder` and return it."""
    content = folder / "content"
    shutil.copytree(HERE / "inside", content / "inside", ignore=shutil.ignore_patterns("__pycache__"))
    write_signatures(content / "signatures")
    disk = folder / "carried.ext4"
    make_ext4(content, disk, size="512M", label="carried")
    return disk
