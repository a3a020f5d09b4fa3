"""What a disk is and whether a person carries it about: read from udev's database and from sysfs.

A medium is a whole disk, not a partition: one stick is one medium, however it is divided. sysfs alone is
enough to know one; udev's database, where its daemon runs, knows vendors and serial numbers better.
"""

from collections.abc import Iterator

import pyudev

from lamplighter_agent.backends.ports import Medium

PORTABLE_BUSES = frozenset({"usb", "ieee1394", "firewire", "memstick"})
_SECTOR_BYTES = 512
_NEVER = ("zram", "ram", "md", "dm-", "nbd")


def disks(context: pyudev.Context) -> Iterator[pyudev.Device]:
    """Every whole disk that the kernel knows now."""
    yield from context.list_devices(subsystem="block", DEVTYPE="disk")


def disk_of(device: pyudev.Device) -> pyudev.Device | None:
    """The whole disk of a block device; None where it is gone."""
    if device.device_type == "disk":
        return device
    return device.find_parent("block", "disk")


def medium_in(disk: pyudev.Device) -> Medium | None:
    """The portable medium that is in this disk now; None where there is none."""
    size = _number(disk, "size") * _SECTOR_BYTES
    if size == 0 or disk.sys_name.startswith(_NEVER):
        return None
    bus = _bus(disk)
    if bus not in PORTABLE_BUSES and not _is_removable(disk):
        return None
    usb = disk.find_parent("usb", "usb_device")
    return Medium(
        key=disk.device_path,
        bus=bus or "unknown",
        vendor=_told(disk, "ID_VENDOR") or _attribute(usb, "manufacturer"),
        model=_told(disk, "ID_MODEL") or _attribute(usb, "product"),
        serial=_told(disk, "ID_SERIAL_SHORT") or _attribute(usb, "serial"),
        size_bytes=size,
    )


def _bus(disk: pyudev.Device) -> str:
    told = _told(disk, "ID_BUS")
    if told:
        return told
    for bus in ("usb", "firewire", "memstick", "mmc"):
        if disk.find_parent(bus) is not None:
            return bus
    return ""


def _is_removable(disk: pyudev.Device) -> bool:
    # A loop device says that it is removable; what is in it came from a disk that is here already.
    if _number(disk, "removable") == 1 and not disk.sys_name.startswith("loop"):
        return True
    card = disk.find_parent("mmc")
    # A card that can be taken out calls itself SD; the fixed one of a tablet calls itself MMC.
    return card is not None and _attribute(card, "type") == "SD"


def _told(disk: pyudev.Device, name: str) -> str:
    return str(disk.properties.get(name, "")).replace("_", " ").strip()


def _attribute(device: pyudev.Device | None, name: str) -> str:
    if device is None:
        return ""
    value = device.attributes.get(name)
    return value.decode("utf-8", "replace").strip() if isinstance(value, bytes) else ""


def _number(disk: pyudev.Device, name: str) -> int:
    text = _attribute(disk, name)
    return int(text) if text.isdecimal() else 0
