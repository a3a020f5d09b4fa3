"""The second disk of the emulated computer, made anew each run: the packages, and what the checks run."""

import shutil
from pathlib import Path
from typing import Final

from tests.machine.image import HERE, make_ext4
from tests.support.built import agent_deb
from tests.support.clamav import EICAR, write_signatures

# Where the computer sees it, and on it the package that `make deb` makes, and the next version's.
CARRIED: Final = "/carried"
PACKAGE: Final = f"{CARRIED}/lamplighter-agent.deb"
NEXT_PACKAGE: Final = f"{CARRIED}/lamplighter-agent-next.deb"
VERSION: Final = "0.1.0"
NEXT_VERSION: Final = "0.1.1"


def make_carried(folder: Path) -> Path:
    """Write the disk into `folder` and return it."""
    content = folder / "content"
    shutil.copytree(HERE / "inside", content / "inside", ignore=shutil.ignore_patterns("__pycache__"))
    write_signatures(content / "signatures")
    (content / "eicar").write_bytes(EICAR)
    shutil.copy(agent_deb(), content / Path(PACKAGE).name)
    shutil.copy(agent_deb(NEXT_VERSION, compression="none"), content / Path(NEXT_PACKAGE).name)
    disk = folder / "carried.ext4"
    make_ext4(content, disk, size="1G", label="carried")
    return disk
