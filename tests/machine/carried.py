"""The second disk of the emulated computer: the product, and the checks' own programs, made anew each run."""

import shutil
from pathlib import Path
from typing import Final

from installers.quickstart.agent_install import install_agent
from tests.machine.image import HERE, KEPT, make_ext4
from tests.support.clamav import EICAR, write_signatures
from tests.support.sources import ROOT

# Where the laptop has it, as installers/README.md says.
INSTALLED: Final = "/opt/lamplighter-agent"
_RULES: Final = ("udev/72-lamplighter-media.rules", "polkit/10-lamplighter-media.rules")


def make_carried(folder: Path) -> Path:
    """Write the disk into `folder` and return it."""
    content = folder / "content"
    shutil.copytree(HERE / "inside", content / "inside", ignore=shutil.ignore_patterns("__pycache__"))
    write_signatures(content / "signatures")
    (content / "eicar").write_bytes(EICAR)
    for rules in _RULES:
        shutil.copy(ROOT / "installers" / "linux" / rules, content)
    _put_agent(content / "agent")
    disk = folder / "carried.ext4"
    make_ext4(content, disk, size="1G", label="carried")
    return disk


def _put_agent(place: Path) -> None:
    """Copy the agent's environment, whose programs name the place that it is seen at."""
    made = KEPT / "agent"
    install_agent(made)
    leave_out = shutil.ignore_patterns("wheels")
    shutil.copytree(made, place, symlinks=True, ignore=leave_out)
    for program in (place / "bin").iterdir():
        if not program.is_symlink():
            program.write_bytes(program.read_bytes().replace(str(made).encode(), INSTALLED.encode()))
