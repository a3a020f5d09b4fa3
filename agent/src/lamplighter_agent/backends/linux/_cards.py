"""Which disks are cards in a reader, as far as udev and the reader tell; why that matters: `card_names`."""

from typing import Final

import pyudev

from lamplighter_agent.backends.card_names import calls_itself_reader

# By udev's and UDisks' rules, of readers that they know.
_FLASH: Final = ("ID_DRIVE_FLASH", "ID_DRIVE_MEDIA_FLASH")
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


def _has_several_disks(disk: pyudev.Device, usb: pyudev.Device) -> bool:
    """A slot for each kind of card is a disk of its own."""
    slots = disk.context.list_devices(subsystem="block", DEVTYPE="disk").match_parent(usb)
    return len(list(slots)) > 1


def _calls_itself_one(disk: pyudev.Device, usb: pyudev.Device) -> bool:
    told = [str(disk.properties.get(name, "")) for name in _NAMES]
    found = usb.attributes.get("product")
    told.append(found.decode("utf-8", "replace") if isinstance(found, bytes) else "")
    return calls_itself_reader(told)
