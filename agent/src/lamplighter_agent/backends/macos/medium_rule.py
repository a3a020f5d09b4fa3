"""What a portable medium is, of what `ioreg` and `diskutil` print on a Mac. Pure.

The same rules as on Linux: one stick is one medium, however it is divided; storage that is also a keyboard
or a network card is told as one deceptive device; phones and cameras are told though they have no volume.
What is inside the Mac, but for cards, is none, and no image of a disk is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from lamplighter_agent.backends import volume_label
from lamplighter_agent.backends.card_names import calls_itself_reader, name_of
from lamplighter_agent.backends.macos.media_system import Attached, Plist
from lamplighter_agent.backends.media_ports import Medium, MediumKind, Volume
from lamplighter_agent.backends.usb_classes import is_deceptive, kind_of

_CHILDREN: Final = "IORegistryEntryChildren"
_CARD: Final = "Secure Digital"
_IMAGE: Final = "Disk Image"
# How Disk Arbitration calls those.
_VIRTUAL: Final = "Virtual Interface"
# What macOS calls file systems, and what the rest of the agent does.
_NAMES: Final = {"msdos": "vfat"}
_CLASSES: Final = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")


def media_of(registry: Plist, listed: Plist, about: Callable[[str], Plist]) -> Iterator[Medium]:
    """Give each portable medium. `about` may raise FileNotFoundError for what just went."""
    # One that hangs at a hub is told with the hub and by itself.
    devices = list(
        {_number(one, "locationID"): one for one in _entries(registry) if _is_device(one)}.values()
    )
    by_disk = {name: device for device in devices for name in _disks_below(device)}
    for device in devices:
        medium = _device(device)
        if medium is not None:
            yield medium
    entries = _listed(listed)
    containers = _containers(entries)
    for entry in entries:
        name = _text(entry, "DeviceIdentifier")
        if "APFSPhysicalStores" in entry or not name:
            # A container: told with the disk that it lies on.
            continue
        try:
            whole = about(name)
            usb = by_disk.get(name)
            if _is_portable(whole) and not (usb is not None and is_deceptive(interfaces(usb))):
                yield _disk(entry, whole, usb, containers, about)
        except FileNotFoundError:
            continue


def may_be_mounted(attached: Attached) -> bool:
    """Say whether the system may mount it: what is inside the Mac but for cards, images, servers."""
    if attached.network or attached.protocol == _VIRTUAL:
        return True
    return attached.internal is True and attached.protocol != _CARD


def interfaces(device: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the classes of a device's interfaces, each once: class, subclass, protocol in hexadecimal."""
    found = [one for one in _below(device) if all(name in one for name in _CLASSES)]
    return tuple(dict.fromkeys(map(_class_of, found)))


def _class_of(part: Mapping[str, Any]) -> str:
    return "".join(f"{_number(part, name) & 0xFF:02x}" for name in _CLASSES)


def _is_portable(about: Plist) -> bool:
    bus = _text(about, "BusProtocol")
    if bus == _IMAGE or _text(about, "VirtualOrPhysical") == "Virtual":
        return False
    return not about.get("Internal", True) or bus == _CARD


def _device(device: Mapping[str, Any]) -> Medium | None:
    classes = interfaces(device)
    deceptive = is_deceptive(classes)
    kind = MediumKind.STORAGE if deceptive else kind_of(classes)
    if kind is None:
        return None
    return Medium(
        key=f"usb:{_number(device, 'locationID'):08x}", kind=kind, deceptive=deceptive, **_names(device)
    )


def _names(device: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "bus": "usb",
        "vendor": _text(device, "USB Vendor Name", "kUSBVendorString"),
        "model": _text(device, "USB Product Name", "kUSBProductString"),
        "vendor_id": f"{_number(device, 'idVendor'):04x}",
        "product_id": f"{_number(device, 'idProduct'):04x}",
        "serial": _text(device, "USB Serial Number", "kUSBSerialNumberString"),
        "interfaces": interfaces(device),
    }


def _disk(
    entry: Mapping[str, Any],
    whole: Plist,
    device: Mapping[str, Any] | None,
    containers: Mapping[str, Mapping[str, Any]],
    about: Callable[[str], Plist],
) -> Medium:
    name = _text(entry, "DeviceIdentifier")
    bus = _text(whole, "BusProtocol")
    names = (
        _names(device)
        if device is not None
        else {
            "bus": {_CARD: "sd", "USB": "usb"}.get(bus, bus.lower() or "unknown"),
            "model": _text(whole, "MediaName"),
        }
    )
    parts, size = entry.get("Partitions") or [entry], _number(entry, "Size")
    volumes = [volume for part in parts for volume in _volumes(part, containers, about)]
    card = bus == _CARD or (device is not None and _is_reader(device))
    if card:
        names["serial"] = name_of(volumes, size)
    return Medium(
        key=f"disk:{_text(whole, 'DeviceTreePath') or name}:{name}",
        size_bytes=size,
        kind=MediumKind.CARD if card else MediumKind.STORAGE,
        node=name,
        volumes=tuple(volumes),
        **names,
    )


def _is_reader(device: Mapping[str, Any]) -> bool:
    names = _names(device)
    return len(_disks_below(device)) > 1 or calls_itself_reader((names["vendor"], names["model"]))


def _volumes(
    part: Mapping[str, Any], containers: Mapping[str, Mapping[str, Any]], about: Callable[[str], Plist]
) -> Iterator[Volume]:
    name = _text(part, "DeviceIdentifier")
    container = containers.get(name)
    if container is None:
        yield _volume(name, about(name))
        return
    for inner in container.get("APFSVolumes") or ():
        yield _volume(_text(inner, "DeviceIdentifier"), about(_text(inner, "DeviceIdentifier")))


def _volume(name: str, about: Plist) -> Volume:
    system = _text(about, "FilesystemType")
    encrypted = bool(about.get("FileVault") or about.get("Encryption"))
    locked = bool(about.get("Locked"))
    label = _text(about, "VolumeName")
    return Volume(
        node=name,
        file_system="" if locked else _NAMES.get(system, system),
        encrypted="apfs" if encrypted or locked else "",
        locked=locked,
        size_bytes=_number(about, "Size"),
        uuid=_text(about, "VolumeUUID"),
        label=volume_label.printable(label),
        odd_label=volume_label.is_odd(label),
    )


def _containers(entries: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the APFS containers by the partition that each lies on."""
    return {
        _text(store, "DeviceIdentifier"): entry
        for entry in entries
        for store in entry.get("APFSPhysicalStores") or ()
    }


def _listed(listed: Plist) -> list[Mapping[str, Any]]:
    found = listed.get("AllDisksAndPartitions") if isinstance(listed, dict) else None
    return [one for one in found or () if isinstance(one, dict)]


def _entries(registry: Plist) -> Iterator[Mapping[str, Any]]:
    for top in registry if isinstance(registry, list) else ():
        if isinstance(top, dict):
            yield top
            yield from _below(top, devices=True)


def _below(entry: Mapping[str, Any], *, devices: bool = False) -> Iterator[Mapping[str, Any]]:
    """Give what is below an entry; with `devices` also what is below another USB device, as at a hub."""
    for child in entry.get(_CHILDREN) or ():
        if isinstance(child, dict) and (devices or not _is_device(child)):
            yield child
            yield from _below(child, devices=devices)


def _is_device(entry: Mapping[str, Any]) -> bool:
    """Say whether it is a whole USB device: its parts have its numbers, too."""
    return "idVendor" in entry and "bDeviceClass" in entry and "bInterfaceClass" not in entry


def _disks_below(device: Mapping[str, Any]) -> list[str]:
    return [_text(one, "BSD Name") for one in _below(device) if one.get("Whole") and "BSD Name" in one]


def _text(entry: Mapping[str, Any], *names: str) -> str:
    found = next((entry[name] for name in names if isinstance(entry.get(name), str)), "")
    return str(found).strip()


def _number(entry: Mapping[str, Any], name: str) -> int:
    value = entry.get(name)
    return value if isinstance(value, int) and value >= 0 else 0
