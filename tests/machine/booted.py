"""What the other checks stand on: a booted systemd, somebody at the screen, a USB stick seen by udev."""

from typing import Final

from tests.machine import sticks
from tests.machine.emulator import BOOT_SECONDS, Computer
from tests.machine.image import PUPIL
from tests.machine.school import School
from tests.machine.sticks import Stick, filled_stick
from tests.support.outcome import Outcome, proven

# Where the computer sees what is in `inside/`.
CONTENT: Final = "/carried/inside"
PASSPHRASE: Final = "lantern"
_SESSION: Final = ("Name", "Type", "Seat", "Active", "Remote")
_FILL: Final = f". {CONTENT}/fill.sh"
_MAKE: Final = {
    "VFAT0001": "mkfs.vfat $node; fill $node",
    "NEVER001": "mkfs.vfat $node; fill $node",
    "READ0001": "mkfs.vfat $node; fill $node",
    "EXFAT001": "mkfs.exfat $node; fill $node",
    "EXT40001": "mkfs.ext4 -q $node; fill $node",
    "NTFS0001": "mkntfs -Q -F $node; fill_ntfs $node",
    "DIRTY001": "mkfs.vfat $node; fill $node /carried/eicar",
    "MANY0001": "mkfs.vfat $node; fill_many $node",
    "LUKS0001": f"printf {PASSPHRASE} > /tmp/key; fill_luks $node /tmp/key",
    "LUKSBAD1": f"printf {PASSPHRASE} > /tmp/key; fill_luks $node /tmp/key /carried/eicar",
    "PARTS001": "divide $node; mkfs.vfat $node-part1; mkfs.ext4 -q $node-part2; "
    "fill $node-part1; fill $node-part2",
}


def make_sticks(computer: Computer) -> dict[str, Stick]:
    """Make the sticks of all checks, by their serial numbers."""
    return {serial: filled_stick(computer, serial, f"{_FILL}; {make}") for serial, make in _MAKE.items()}


def check_boot(school: School) -> list[Outcome]:
    computer = school.computer
    state = computer.root.run("systemctl", "is-system-running", "--wait", seconds=BOOT_SECONDS).strip()
    computer.pupil.wait(seconds=BOOT_SECONDS)
    wanted = "".join(f" --property={name}" for name in _SESSION)
    told = computer.pupil.sh(f"loginctl show-session $XDG_SESSION_ID{wanted}")
    session = dict(line.split("=", 1) for line in told.split())
    expected = dict(zip(_SESSION, (PUPIL, "x11", "seat0", "yes", "no"), strict=True))
    return [
        proven("systemd boots Debian 12 with nothing failed", holds=state == "running", otherwise=state),
        proven(
            "a pupil is signed in at the screen, in a session that logind calls active and local",
            holds=session == expected,
            otherwise=told.replace("\n", " "),
        ),
    ]


def check_usb(school: School) -> list[Outcome]:
    computer = school.computer
    stick = sticks.empty_stick(computer.folder, "LUMEN0001")
    with sticks.inside(computer, stick):
        told = computer.root.run("udevadm", "info", "--query=property", stick.node)
    found = dict(line.split("=", 1) for line in told.split("\n") if "=" in line)
    seen = [found.get(name) for name in ("ID_BUS", "ID_USB_DRIVER", "ID_SERIAL_SHORT", "ID_VENDOR_ID")]
    return [
        proven(
            "a stick at USB is seen by kernel and udev, with its serial number; pulled, it goes",
            holds=seen == ["usb", "usb-storage", stick.serial, sticks.VENDOR],
            otherwise=f"{seen}",
        )
    ]
