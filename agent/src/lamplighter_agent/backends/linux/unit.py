"""Whether systemd starts the service with this device, by the links that it goes by."""

from pathlib import Path
from typing import Final

UNIT: Final = "lamplighter-agent.service"
_WANTED_BY: Final = "multi-user.target.wants"
_INSTALLED: Final = ("usr/lib/systemd/system", "lib/systemd/system", "etc/systemd/system")


def unit_problem(root: Path = Path("/")) -> str:
    """Return why it does not; empty where it does, where no package installed it, or no systemd runs."""
    if not (root / "run/systemd/system").is_dir():
        return ""
    own = root / "etc/systemd/system" / UNIT
    if own.is_symlink() and own.readlink() == Path("/dev/null"):
        return f"{UNIT} is masked"
    if not any((root / folder / UNIT).exists() for folder in _INSTALLED):
        return ""
    wanted = root / "etc/systemd/system" / _WANTED_BY / UNIT
    return "" if wanted.is_symlink() or wanted.exists() else f"{UNIT} is not enabled"
