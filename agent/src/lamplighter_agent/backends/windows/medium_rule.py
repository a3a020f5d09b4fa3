"""What a portable medium is, of what Windows knows of disks, USB devices and volumes. Pure.

The same rules as on Linux: one stick is one medium, however it is divided; storage that is also a keyboard or
a network card is told as one deceptive device; phones and cameras are told though they have no volume. Docks,
keyboards, empty card readers and the disk that Windows runs from are none.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from lamplighter_agent.backends import volume_label
from lamplighter_agent.backends.card_names import calls_itself_reader, name_of
from lamplighter_agent.backends.media_ports import Medium, MediumKind, Volume
from lamplighter_agent.backends.usb_classes import is_deceptive, kind_of
from lamplighter_agent.backends.windows.media_system import Disk, DiskVolume, UsbDevice

# Of STORAGE_BUS_TYPE: what people carry about.
_BUSES: Final = {0x04: "ieee1394", 0x07: "usb", 0x0C: "sd", 0x0D: "mmc"}
_CARDS: Final = frozenset({"sd", "mmc"})
_CLASS: Final = re.compile(
    r"USB\\Class_([0-9a-f]{2})(?:&SubClass_([0-9a-f]{2}))?(?:&Prot_([0-9a-f]{2}))?", re.IGNORECASE
)
_USB: Final = re.compile(r"USB\\VID_([0-9a-f]{4})&PID_([0-9a-f]{4})\\(.+)", re.IGNORECASE)
# What Windows calls phones and players by, though their class says nothing.
_MTP: Final = "usb\\ms_comp_mtp"
_LOCKED, _OPEN = 2, 1


def media_of(
    disks: Sequence[Disk], devices: Sequence[UsbDevice], volumes: Sequence[DiskVolume], *, system: int
) -> Iterator[Medium]:
    """Give each portable medium; `system` is the number of the disk that is none."""
    whole = {device.instance: device for device in devices}
    for device in devices:
        medium = _device(device)
        if medium is not None:
            yield medium
    for disk in disks:
        usb = whole.get(disk.usb)
        portable = disk.bus in _BUSES or disk.removable or bool(disk.usb)
        told_as_a_device = usb is not None and is_deceptive(interfaces(usb))
        if portable and disk.number != system and disk.size_bytes and not told_as_a_device:
            own = [one for one in volumes if one.disk == disk.number]
            slots = [one for one in disks if disk.usb and one.usb == disk.usb]
            yield _disk(disk, usb, own, reader=len(slots) > 1)


def interfaces(device: UsbDevice) -> tuple[str, ...]:
    """Return the classes of a device's interfaces, each once: class, subclass, protocol in hexadecimal.

    Of each interface Windows tells three names, the longest of which says all; a shorter one counts only
    where no longer one begins with it.
    """
    told = [_CLASS.match(one) for one in device.compatible]
    classes = ["".join(part or "" for part in one.groups()).lower() for one in told if one is not None]
    return tuple(
        dict.fromkeys(
            one for one in classes if not any(other != one and other.startswith(one) for other in classes)
        )
    )


def _device(device: UsbDevice) -> Medium | None:
    classes = interfaces(device)
    deceptive = is_deceptive(classes)
    kind = MediumKind.STORAGE if deceptive else _kind(device, classes)
    if kind is None:
        return None
    vendor, product, serial = _names(device.instance)
    return Medium(
        key=device.instance,
        bus="usb",
        vendor_id=vendor,
        product_id=product,
        serial=serial,
        kind=kind,
        deceptive=deceptive,
        interfaces=classes,
    )


def _kind(device: UsbDevice, classes: Sequence[str]) -> MediumKind | None:
    told = any(one.lower() == _MTP for one in device.compatible)
    return MediumKind.PHONE if told else kind_of(classes)


def _names(instance: str) -> tuple[str, str, str]:
    """Return vendor, product and serial number of a USB device's instance path."""
    found = _USB.fullmatch(instance)
    if found is None:
        return "", "", ""
    vendor, product, serial = found.groups()
    # Windows makes one up, with ampersands, for a device that has none.
    return vendor.lower(), product.lower(), "" if "&" in serial else serial


def _disk(disk: Disk, usb: UsbDevice | None, own: Sequence[DiskVolume], *, reader: bool) -> Medium:
    """Return the medium of a disk. `reader`: its device has a disk for each kind of card."""
    vendor, product, serial = _names(disk.usb)
    bus = "usb" if disk.usb else _BUSES.get(disk.bus, "unknown")
    volumes = tuple(_volume(one) for one in sorted(own, key=lambda one: one.name))
    in_reader = bool(disk.usb) and (reader or calls_itself_reader((disk.vendor, disk.model)))
    if in_reader:
        serial = name_of(volumes, disk.size_bytes)
    elif not disk.usb:
        serial = disk.serial.strip()
    return Medium(
        key=disk.instance,
        bus=bus,
        vendor=disk.vendor.strip(),
        model=disk.model.strip(),
        vendor_id=vendor,
        product_id=product,
        serial=serial,
        size_bytes=disk.size_bytes,
        kind=MediumKind.CARD if in_reader or bus in _CARDS else MediumKind.STORAGE,
        interfaces=() if usb is None else interfaces(usb),
        node=f"\\\\.\\PhysicalDrive{disk.number}",
        volumes=volumes,
    )


def _volume(volume: DiskVolume) -> Volume:
    locked = volume.protection == _LOCKED
    return Volume(
        node=volume.name,
        file_system="" if locked else volume.file_system.lower(),
        encrypted="bitlocker" if locked or volume.protection == _OPEN else "",
        locked=locked,
        size_bytes=volume.size_bytes,
        uuid=volume.uuid,
        label=volume_label.printable(volume.label),
        odd_label=volume_label.is_odd(volume.label),
    )


def disk_number(node: str) -> int:
    """Return the number in a disk's name; raises ValueError."""
    return int(node.removeprefix("\\\\.\\PhysicalDrive"))
