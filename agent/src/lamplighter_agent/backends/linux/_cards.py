"""Cards in a reader: the serial number there is the reader's, and would stand for every card in it.

A card's own number reaches the system only through a reader that is built in (mmc, see `_disks`); a reader at
USB hides it. So a card there is named by what is on it: the number that its file system got when it was
formatted, and its size. Formatted anew it is another card; one without a number can't be named, so nobody can
permit it. Like a stick's serial number all of it can be copied, and spares no scan.
"""

from collections.abc import Sequence
from typing import Final

import pyudev

from lamplighter_agent.backends.media_ports import Volume

# By udev's and UDisks' rules, of readers that they know.
_FLASH: Final = ("ID_DRIVE_FLASH", "ID_DRIVE_MEDIA_FLASH")
# In what readers call themselves. A stick that does so, too, is named by what is on it, which does no harm.
_WORDS: Final = (
    "reader",
    "card",
    "sd/mmc",
    "sd-mmc",
    "multi-card",
    "compact flash",
    "micro sd",
    "microsd",
    "uhs",
)
_NAMES: Final = ("ID_MODEL", "ID_VENDOR", "ID_MODEL_FROM_DATABASE")


def is_in_reader(disk: pyudev.Device, usb: pyudev.Device | None) -> bool:
    """Say whether what is in this disk is a card in a reader, as far as the reader tells."""
    if disk.find_parent("memstick") is not None:
        return True
    if disk.find_parent("mmc") is not None or disk.properties.get("ID_CDROM"):
        return False
    if any(str(name).startswith(_FLASH) for name in disk.properties):
        return True
    return usb is not None and (_has_several_disks(disk, usb) or _calls_itself_one(disk, usb))


def name_of(volumes: Sequence[Volume], size_bytes: int) -> str:
    """Return what stands for the card's serial number; "" where it has nothing of its own."""
    ids = [one.uuid for one in volumes if one.uuid.strip("0-")]
    return f"card-{ids[0]}-{size_bytes}" if ids else ""


def _has_several_disks(disk: pyudev.Device, usb: pyudev.Device) -> bool:
    """A slot for each kind of card is a disk of its own."""
    slots = disk.context.list_devices(subsystem="block", DEVTYPE="disk").match_parent(usb)
    return len(list(slots)) > 1


def _calls_itself_one(disk: pyudev.Device, usb: pyudev.Device) -> bool:
    told = [str(disk.properties.get(name, "")) for name in _NAMES]
    found = usb.attributes.get("product")
    told.append(found.decode("utf-8", "replace") if isinstance(found, bytes) else "")
    text = " ".join(told).replace("_", " ").casefold()
    return any(word in text for word in _WORDS)
