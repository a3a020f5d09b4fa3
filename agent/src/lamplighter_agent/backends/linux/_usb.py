"""What a USB device is: a phone, a camera, or storage that deceives.

Its classes are read from the descriptors that the kernel keeps, of every configuration, so they are known
also of a device whose interfaces were taken away.
"""

from collections.abc import Iterator
from typing import Final

import pyudev

from lamplighter_agent.backends.media_ports import Medium, MediumKind
from lamplighter_agent.backends.usb_classes import is_deceptive, kind_of

_INTERFACE: Final = 4
_INTERFACE_BYTES: Final = 9


def devices(context: pyudev.Context) -> Iterator[pyudev.Device]:
    """Every USB device that the kernel knows now; not their interfaces."""
    yield from context.list_devices(subsystem="usb", DEVTYPE="usb_device")


def medium_of(device: pyudev.Device) -> Medium | None:
    """What is told of a USB device as a whole: a phone, a camera or a deceptive one; None for all others."""
    classes = interfaces(device)
    deceptive = is_deceptive(classes)
    kind = MediumKind.STORAGE if deceptive else _kind(device, classes)
    if kind is None:
        return None
    return Medium(
        key=device.device_path,
        bus="usb",
        vendor=attribute(device, "manufacturer") or _told(device, "ID_VENDOR"),
        model=attribute(device, "product") or _told(device, "ID_MODEL"),
        vendor_id=attribute(device, "idVendor"),
        product_id=attribute(device, "idProduct"),
        serial=attribute(device, "serial"),
        kind=kind,
        deceptive=deceptive,
        interfaces=classes,
    )


def interfaces(device: pyudev.Device) -> tuple[str, ...]:
    """Return the classes of a device's interfaces, each once: class, subclass and protocol in hexadecimal."""
    found = device.attributes.get("descriptors")
    classes = list(_classes(found)) if isinstance(found, bytes) else []
    if not classes:
        classes = str(device.properties.get("ID_USB_INTERFACES", "")).strip(":").split(":")
    return tuple(dict.fromkeys(one for one in classes if one))


def attribute(device: pyudev.Device, name: str) -> str:
    """Return what sysfs tells; "" where it does not."""
    value = device.attributes.get(name)
    return value.decode("utf-8", "replace").strip() if isinstance(value, bytes) else ""


def _kind(device: pyudev.Device, classes: tuple[str, ...]) -> MediumKind | None:
    told = device.properties
    if told.get("ID_MTP_DEVICE") or told.get("ID_MEDIA_PLAYER") or _names_mtp(device):
        return MediumKind.PHONE
    return kind_of(classes) or (MediumKind.CAMERA if told.get("ID_GPHOTO2") else None)


def _names_mtp(device: pyudev.Device) -> bool:
    """Most phones say it in words, in a class of their maker's; known also where udev's daemon is not."""
    return any(
        child.device_type == "usb_interface" and attribute(child, "interface") == "MTP"
        for child in device.children
    )


def _classes(descriptors: bytes) -> Iterator[str]:
    place = 0
    while place + 2 <= len(descriptors):
        length, kind = descriptors[place], descriptors[place + 1]
        if length < 2:
            return
        if kind == _INTERFACE and length >= _INTERFACE_BYTES and place + length <= len(descriptors):
            yield descriptors[place + 5 : place + 8].hex()
        place += length


def _told(device: pyudev.Device, name: str) -> str:
    return str(device.properties.get(name, "")).replace("_", " ").strip()
