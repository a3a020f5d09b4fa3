"""USB sticks of the emulated computer: put in and pulled while it runs, with a serial number of their own.

QEMU's USB disk speaks to the kernel's own USB, SCSI and partition drivers as a real stick does. What a stick
holds is made inside, by the computer's own tools, before the product is there.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.machine.emulator import Computer

# What QEMU's USB disk says of itself; only the serial number can be chosen.
VENDOR: Final = "46f4"
PRODUCT: Final = "0001"
SEEN_SECONDS: Final = 60.0
_MEGABYTES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Stick:
    """One stick, in or out."""

    serial: str
    image: Path

    @property
    def node(self) -> str:
        """The whole disk, as udev names it by its serial number."""
        return f"/dev/disk/by-id/usb-QEMU_QEMU_HARDDISK_{self.serial}-0:0"

    @property
    def medium(self) -> str:
        """What permissions call it."""
        return f"usb:{VENDOR}:{PRODUCT}:{self.serial}"


def empty_stick(folder: Path, serial: str, *, megabytes: int = _MEGABYTES) -> Stick:
    image = folder / f"{serial}.img"
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    return Stick(serial=serial, image=image)


def filled_stick(computer: Computer, serial: str, make: str, *, megabytes: int = _MEGABYTES) -> Stick:
    """Make one by the computer's own tools; `make` is shell, which is given the disk's node.

    Not while the product is there, which would hold it.
    """
    stick = empty_stick(computer.folder, serial, megabytes=megabytes)
    with inside(computer, stick):
        computer.root.sh(f"set -eu; node={stick.node}; {make}", seconds=300, check=True)
    return stick


def put_in(computer: Computer, stick: Stick) -> None:
    """Put it in, and wait until the kernel and udev have seen it."""
    computer.monitor.ask(
        "blockdev-add",
        **{"driver": "raw", "node-name": stick.serial, "cache": {"direct": False, "no-flush": True}},
        file={"driver": "file", "filename": str(stick.image)},
    )
    computer.monitor.ask(
        "device_add",
        driver="usb-storage",
        id=f"at-{stick.serial}",
        drive=stick.serial,
        bus="usb.0",
        serial=stick.serial,
        removable=True,
    )
    seen = f"until test -e {stick.node}; do sleep 0.1; done; udevadm settle"
    computer.root.sh(seen, seconds=SEEN_SECONDS, check=True)


def pull(computer: Computer, stick: Stick) -> None:
    """Pull it at once, mounted or not."""
    computer.monitor.ask("device_del", id=f"at-{stick.serial}")
    computer.monitor.wait_for("DEVICE_DELETED", f"at-{stick.serial}", seconds=SEEN_SECONDS)
    computer.monitor.ask("blockdev-del", **{"node-name": stick.serial})
    gone = f"while test -e {stick.node}; do sleep 0.1; done; udevadm settle"
    computer.root.sh(gone, seconds=SEEN_SECONDS, check=True)


@contextlib.contextmanager
def inside(computer: Computer, stick: Stick) -> Iterator[Stick]:
    """Have it in for a while."""
    put_in(computer, stick)
    try:
        yield stick
    finally:
        pull(computer, stick)
