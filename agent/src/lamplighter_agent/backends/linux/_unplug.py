"""Takes a device off the kernel: what can't be freed of its users otherwise, and what deceives.

It is gone then until it is pulled and put in again. Callers use a worker thread.
"""

from pathlib import Path
from typing import Final

SYSTEM: Final = Path("/sys")


def disconnect(key: str, *, system: Path = SYSTEM) -> None:
    """Have the kernel drop a USB device's interfaces, its keyboard too; raises OSError."""
    for folder in _upwards(key, system):
        switch = folder / "authorized"
        if switch.exists() and (folder / "idVendor").exists():
            switch.write_text("0", encoding="ascii")
            return
    raise FileNotFoundError(2, "no USB device")


def take_off(key: str, *, system: Path = SYSTEM) -> None:
    """Remove a disk from the kernel, by whichever way it came; raises OSError.

    A SCSI disk (USB storage is one) is deleted, a card let go of by its driver, a PCI device removed.
    """
    for folder in _upwards(key, system):
        unbind = folder / "driver" / "unbind"
        if folder.name.startswith("mmc") and unbind.exists():
            unbind.write_text(folder.name, encoding="ascii")
            return
        for switch in (folder / "delete", folder / "remove"):
            if switch.exists():
                switch.write_text("1", encoding="ascii")
                return
    disconnect(key, system=system)


def _upwards(key: str, system: Path) -> list[Path]:
    whole = system / key.lstrip("/")
    return [one for one in (whole, *whole.parents) if one != system and system in one.parents]
