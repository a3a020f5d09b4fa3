"""What the other checks stand on: a booted systemd, somebody at the screen, a USB stick seen by udev."""

from typing import Final

from tests.machine import sticks
from tests.machine.emulator import BOOT_SECONDS, Computer
from tests.machine.image import PUPIL
from tests.wine.outcome import Outcome, proven

_SESSION: Final = ("Name", "Type", "Seat", "Active", "Remote")


def check_boot(computer: Computer) -> list[Outcome]:
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


def check_usb(computer: Computer) -> list[Outcome]:
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
