"""What a portable medium is on Windows."""

import dataclasses

import pytest
from lamplighter_agent.backends.media_ports import Medium, MediumKind
from lamplighter_agent.backends.windows.media_system import Disk, DiskVolume, UsbDevice
from lamplighter_agent.backends.windows.medium_rule import disk_number, interfaces, media_of

from tests.support.fakes.windows_media import KEYBOARD, STICK, STORAGE, SYSTEM, USB, VOLUME

MTP = ("USB\\MS_COMP_MTP", "USB\\Class_FF&SubClass_FF&Prot_00")
CAMERA = ("USB\\Class_06&SubClass_01&Prot_01", "USB\\Class_06&SubClass_01", "USB\\Class_06")


def media(disk: Disk, classes: tuple[str, ...] = STORAGE, *volumes: DiskVolume) -> list[Medium]:
    usb = [UsbDevice(instance=disk.usb, compatible=classes)] if disk.usb else []
    return list(media_of([SYSTEM, disk], usb, volumes, system=SYSTEM.number))


def test_a_stick_is_one_medium_with_its_numbers_and_volumes() -> None:
    one = DiskVolume(name=VOLUME, disk=3, file_system="FAT32", size_bytes=7, label="Ho\x07me")
    (medium,) = media(STICK, STORAGE, one)
    assert (medium.bus, medium.vendor_id, medium.product_id) == ("usb", "0951", "1666")
    assert (medium.serial, medium.vendor, medium.model) == ("60A44C3FAC35", "Example", "Stick")
    assert (medium.node, disk_number(medium.node)) == ("\\\\.\\PhysicalDrive3", 3)
    assert medium.interfaces == ("080650",)
    (volume,) = medium.volumes
    assert (volume.node, volume.file_system, volume.encrypted, volume.label) == (VOLUME, "fat32", "", "Home")
    assert volume.odd_label


def test_what_windows_makes_up_for_a_device_without_a_number_is_none() -> None:
    made_up = dataclasses.replace(STICK, usb="USB\\VID_0951&PID_1666\\7&2A7D8F1&0&4")
    (medium,) = media(made_up)
    assert (medium.vendor_id, medium.serial) == ("0951", "")


@pytest.mark.parametrize(
    ("protection", "encrypted", "locked", "system"),
    [(0, "", False, "ntfs"), (1, "bitlocker", False, "ntfs"), (2, "bitlocker", True, "")],
)
def test_bitlocker_is_told(protection: int, encrypted: str, system: str, *, locked: bool) -> None:
    one = DiskVolume(name=VOLUME, disk=3, file_system="NTFS", protection=protection)
    (volume,) = media(STICK, STORAGE, one)[0].volumes
    assert (volume.encrypted, volume.locked, volume.file_system) == (encrypted, locked, system)


def test_storage_that_types_is_told_once_as_a_deceptive_device() -> None:
    (medium,) = media(STICK, (*STORAGE, *KEYBOARD))
    assert (medium.deceptive, medium.key, medium.node, medium.volumes) == (True, USB, "", ())
    assert medium.interfaces == ("080650", "030101")


@pytest.mark.parametrize(("classes", "kind"), [(MTP, MediumKind.PHONE), (CAMERA, MediumKind.CAMERA)])
def test_phones_and_cameras_are_told_without_a_volume(classes: tuple[str, ...], kind: MediumKind) -> None:
    device = UsbDevice(instance=USB, compatible=classes)
    (medium,) = media_of([SYSTEM], [device], [], system=0)
    assert (medium.kind, medium.deceptive, medium.volumes) == (kind, False, ())


@pytest.mark.parametrize("classes", [KEYBOARD, ("USB\\Class_09&SubClass_00&Prot_01",), ("nonsense",), ()])
def test_docks_and_keyboards_make_no_noise(classes: tuple[str, ...]) -> None:
    assert not list(media_of([SYSTEM], [UsbDevice(instance=USB, compatible=classes)], [], system=0))


def test_neither_the_system_s_disk_nor_an_empty_reader_is_one() -> None:
    assert not list(media_of([dataclasses.replace(STICK, number=5)], [], [], system=5))
    assert not media(dataclasses.replace(STICK, size_bytes=0))
    assert not list(media_of([SYSTEM], [], [], system=9))


def test_a_card_in_a_reader_of_its_own_is_named_by_itself() -> None:
    card = Disk(instance="SD\\Disk&Ven_X", number=4, bus=0x0C, serial=" 0042 ", size_bytes=8, removable=True)
    (medium,) = media(card)
    assert (medium.bus, medium.kind, medium.serial) == ("sd", MediumKind.CARD, "0042")


def test_a_shorter_name_of_a_class_counts_where_no_longer_one_is() -> None:
    assert interfaces(UsbDevice(instance=USB, compatible=("USB\\Class_08", *KEYBOARD))) == ("08", "030101")


@pytest.mark.parametrize("slots", [1, 2])
def test_a_card_in_a_usb_reader_is_named_by_what_is_on_it(slots: int) -> None:
    reader = dataclasses.replace(STICK, model="Stick" if slots > 1 else "USB3.0 Card Reader")
    disks = [dataclasses.replace(reader, number=3 + at, instance=f"USBSTOR\\{at}") for at in range(slots)]
    on_it = DiskVolume(name=VOLUME, disk=3, file_system="FAT32", uuid="1A2B-3C4D")
    usb = [UsbDevice(instance=USB, compatible=STORAGE)]
    found = list(media_of([SYSTEM, *disks], usb, [on_it], system=SYSTEM.number))
    assert [(one.kind, one.serial) for one in found] == [
        (MediumKind.CARD, "card-1A2B-3C4D-16000000000"),
        (MediumKind.CARD, ""),
    ][:slots]
