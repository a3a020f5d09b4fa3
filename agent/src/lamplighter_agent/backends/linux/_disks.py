"""What a disk is and whether a person carries it about: read from udev's database and from sysfs.

A medium is a whole disk, not a partition: one stick is one medium, however it is divided. sysfs alone is
enough to know one; udev's database, where its daemon runs, knows vendors, serial numbers and file systems.
Nothing is ever read from the disk itself.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyudev

from lamplighter_agent.backends import volume_label
from lamplighter_agent.backends.card_names import name_of
from lamplighter_agent.backends.linux import _cards, _usb
from lamplighter_agent.backends.linux._block import MOUNTS
from lamplighter_agent.backends.media_ports import Medium, MediumKind, Volume
from lamplighter_agent.backends.usb_classes import is_deceptive

PORTABLE_BUSES: Final = frozenset({"usb", "ieee1394", "firewire", "memstick"})
_SECTOR_BYTES: Final = 512
MAPPED: Final = "dm-"
_NEVER: Final = ("zram", "ram", "md", MAPPED, "nbd")
# Of containers that must be opened first, by udev's names.
_LOCKED: Final = {"crypto_LUKS": "luks", "BitLocker": "bitlocker", "cs_fvault2": "filevault"}
# Where a running system lies: a device that was started from a card or a stick is not held in its own way.
_SYSTEM: Final = frozenset({"/", "/usr", "/var", "/boot", "/boot/efi", "/efi", "/home"})
_SWAPS: Final = Path("/proc/swaps")
_BLOCKS: Final = Path("/sys/class/block")


def disks(context: pyudev.Context) -> Iterator[pyudev.Device]:
    """Every whole disk that the kernel knows now."""
    yield from context.list_devices(subsystem="block", DEVTYPE="disk")


def disk_of(device: pyudev.Device) -> pyudev.Device | None:
    """The whole disk of a block device; None where it is gone."""
    if device.device_type == "disk":
        return device
    return device.find_parent("block", "disk")


def medium_in(disk: pyudev.Device) -> Medium | None:
    """The portable medium that is in this disk now; None where there is none.

    A disk of a deceptive device is not one by itself: the device is told as a whole (`_usb`).
    """
    size = _number(disk, "size") * _SECTOR_BYTES
    if size == 0 or disk.sys_name.startswith(_NEVER):
        return None
    bus = _bus(disk)
    if not _is_portable(disk, bus) or disk.sys_name in _system_disks():
        return None
    usb = disk.find_parent("usb", "usb_device")
    interfaces = _usb.interfaces(disk if usb is None else usb)
    if usb is not None and is_deceptive(interfaces):
        return None
    card = disk.find_parent("mmc")
    sequence = _number(disk, "diskseq")
    volumes = tuple(_volumes(disk, sequence))
    reader = _cards.is_in_reader(disk, usb)
    return Medium(
        key=disk.device_path,
        bus=bus or "unknown",
        vendor=_told(disk, "ID_VENDOR") or _attribute(usb, "manufacturer"),
        model=_told(disk, "ID_MODEL") or _attribute(usb, "product") or _attribute(card, "name"),
        vendor_id=_told(disk, "ID_VENDOR_ID") or _attribute(usb, "idVendor"),
        product_id=_told(disk, "ID_MODEL_ID") or _attribute(usb, "idProduct"),
        serial=name_of(volumes, size) if reader else _serial(disk, usb, card),
        size_bytes=size,
        kind=MediumKind.CARD if reader else _kind(disk, card),
        deceptive=is_deceptive(interfaces),
        interfaces=interfaces,
        node=str(disk.device_node or ""),
        sequence=sequence,
        volumes=volumes,
    )


def is_settled(disk: pyudev.Device) -> bool:
    """Say whether udev has looked at the disk and at each of its partitions."""
    return all(one.is_initialized for one in (disk, *_partitions(disk)))


def _volumes(disk: pyudev.Device, sequence: int) -> Iterator[Volume]:
    for part in _partitions(disk) or [disk]:
        yield from _volume(part, sequence, "")


def _volume(device: pyudev.Device, sequence: int, inside: str) -> Iterator[Volume]:
    kind = str(device.properties.get("ID_FS_TYPE", ""))
    container = _LOCKED.get(kind, "")
    contents = _held_by(device)
    label = volume_label.from_udev(str(device.properties.get("ID_FS_LABEL_ENC", "")))
    yield Volume(
        node=str(device.device_node or ""),
        file_system="" if container else kind,
        encrypted=container or inside,
        # Opened, there is nothing more to be opened: what is used and scanned is its content.
        locked=bool(container) and not contents,
        size_bytes=_number(device, "size") * _SECTOR_BYTES,
        sequence=sequence,
        uuid=_exactly(device, "ID_FS_UUID"),
        label=volume_label.printable(label),
        odd_label=volume_label.is_odd(label),
    )
    for content in contents:
        yield from _volume(content, _number(content, "diskseq"), container or inside)


def _held_by(device: pyudev.Device) -> list[pyudev.Device]:
    """Return what lies in an opened container: devices of their own, which the kernel names as holders."""
    found = []
    for holder in sorted(Path(device.sys_path, "holders").glob("*")):
        with contextlib.suppress(pyudev.DeviceNotFoundError):
            found.append(pyudev.Devices.from_sys_path(device.context, str(holder.resolve())))
    return found


def _partitions(disk: pyudev.Device) -> list[pyudev.Device]:
    found = disk.context.list_devices(subsystem="block", DEVTYPE="partition").match_parent(disk)
    return sorted(found, key=lambda part: _number(part, "partition"))


def _kind(disk: pyudev.Device, card: pyudev.Device | None) -> MediumKind:
    if _told(disk, "ID_CDROM"):
        return MediumKind.DISC
    if card is not None:
        return MediumKind.CARD
    return MediumKind.STORAGE


def _bus(disk: pyudev.Device) -> str:
    told = _told(disk, "ID_BUS")
    if told:
        return told
    for bus in ("usb", "firewire", "memstick", "mmc"):
        if disk.find_parent(bus) is not None:
            return bus
    return ""


def _is_portable(disk: pyudev.Device, bus: str) -> bool:
    if bus in PORTABLE_BUSES:
        return True
    # A loop device says that it is removable; what is in it came from a disk that is here already.
    if _number(disk, "removable") == 1 and not disk.sys_name.startswith("loop"):
        return True
    card = disk.find_parent("mmc")
    # A card that can be taken out calls itself SD; the fixed one of a tablet calls itself MMC.
    if card is not None and _attribute(card, "type") == "SD":
        return True
    # Behind a port that the firmware calls external, such as Thunderbolt.
    return any(_attribute(parent, "removable") == "removable" for parent in disk.ancestors)


def _system_disks() -> frozenset[str]:
    """The kernel's names of the disks that this system runs from."""
    sources = [line.split(" ")[0] for line in _lines(_SWAPS)]
    for line in _lines(MOUNTS):
        fields = line.split(" ")
        if fields[4] in _SYSTEM:
            sources.append(fields[fields.index("-") + 2])
    found: set[str] = set()
    for source in sources:
        if source.startswith("/dev/"):
            _add_disks(Path(source).resolve().name, found)
    return frozenset(found)


def _add_disks(name: str, found: set[str]) -> None:
    """Follow a mapped device or a partition down to what it lies on."""
    place = (_BLOCKS / name).resolve()
    if name in found or not place.exists():
        return
    found.add(name)
    if (place / "partition").exists():
        _add_disks(place.parent.name, found)
    for below in (place / "slaves").glob("*"):
        _add_disks(below.name, found)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []


def _serial(disk: pyudev.Device, usb: pyudev.Device | None, card: pyudev.Device | None) -> str:
    """What it calls itself, letter by letter: a permission is for just that.

    A card's own register (CID) says more than the short number in it, which two makers may both use.
    """
    if card is not None:
        return _attribute(card, "cid") or _attribute(card, "serial")
    return _exactly(disk, "ID_SERIAL_SHORT") or _attribute(usb, "serial")


def _told(disk: pyudev.Device, name: str) -> str:
    """What udev says, where it writes "_" for a blank."""
    return _exactly(disk, name).replace("_", " ").strip()


def _exactly(disk: pyudev.Device, name: str) -> str:
    return str(disk.properties.get(name, "")).strip()


def _attribute(device: pyudev.Device | None, name: str) -> str:
    return "" if device is None else _usb.attribute(device, name)


def _number(disk: pyudev.Device, name: str) -> int:
    text = _attribute(disk, name)
    return int(text) if text.isdecimal() else 0
