"""What a portable medium is on a Mac, by what `ioreg` and `diskutil` print."""

from typing import Any

import pytest
from lamplighter_agent.backends.macos.media_system import Attached
from lamplighter_agent.backends.macos.medium_rule import may_be_mounted, media_of
from lamplighter_agent.backends.media_ports import Medium, MediumKind

from tests.support.fakes.mac_media import CHILDREN, KEYBOARD, about, device, storage

PART = {"DeviceIdentifier": "disk4s1", "Size": 7}
DISK = {"DeviceIdentifier": "disk4", "Size": 16_000_000_000, "Partitions": [PART]}


def media(usb: list[dict[str, Any]], entries: list[dict[str, Any]], *told: dict[str, Any]) -> list[Medium]:
    known = {one["DeviceIdentifier"]: one for one in told}

    def ask(name: str) -> dict[str, Any]:
        if name not in known:
            raise FileNotFoundError(2, "no such disk")
        return known[name]

    return list(media_of(usb, {"AllDisksAndPartitions": entries}, ask))


def test_a_stick_is_one_medium_with_its_numbers_and_volumes() -> None:
    part = about("disk4s1", FilesystemType="msdos", VolumeName="Ho\x07me", Size=7)
    (medium,) = media([device(storage("disk4"))], [DISK], about("disk4"), part)
    assert (medium.bus, medium.vendor_id, medium.product_id) == ("usb", "0951", "1666")
    assert (medium.serial, medium.vendor, medium.model) == ("60A44C3FAC35", "Example", "Stick")
    assert (medium.node, medium.size_bytes, medium.interfaces) == ("disk4", 16_000_000_000, ("080650",))
    (volume,) = medium.volumes
    assert (volume.node, volume.file_system, volume.label, volume.size_bytes) == (
        "disk4s1",
        "vfat",
        "Home",
        7,
    )
    assert volume.odd_label


def test_the_volumes_of_an_apfs_container_are_those_of_the_disk_that_it_lies_on() -> None:
    container = {
        "DeviceIdentifier": "disk5",
        "APFSPhysicalStores": [{"DeviceIdentifier": "disk4s1"}],
        "APFSVolumes": [{"DeviceIdentifier": "disk5s1"}, {"DeviceIdentifier": "disk5s2"}],
    }
    plain = about("disk5s1", FilesystemType="apfs")
    locked = about("disk5s2", FilesystemType="apfs", Locked=True, Encryption=True)
    (medium,) = media(
        [device(storage("disk4"))], [DISK, container], about("disk4"), about("disk5"), plain, locked
    )
    assert [(one.node, one.file_system, one.encrypted, one.locked) for one in medium.volumes] == [
        ("disk5s1", "apfs", "", False),
        ("disk5s2", "", "apfs", True),
    ]


def test_an_opened_encrypted_volume_is_one_to_be_scanned() -> None:
    part = about("disk4s1", FilesystemType="apfs", FileVault=True, Locked=False)
    (volume,) = media([device(storage("disk4"))], [DISK], about("disk4"), part)[0].volumes
    assert (volume.file_system, volume.encrypted, volume.locked) == ("apfs", "apfs", False)


def test_storage_that_types_is_told_once_as_a_deceptive_device() -> None:
    (medium,) = media([device(storage("disk4"), KEYBOARD)], [DISK], about("disk4"), about("disk4s1"))
    assert (medium.deceptive, medium.node, medium.interfaces) == (True, "", ("080650", "030101"))


def test_a_hub_with_a_keyboard_and_a_stick_deceives_nobody() -> None:
    stick = device(storage("disk4"), location=0x14210000)
    hub = {**device(stick, device(KEYBOARD, location=0x14220000)), "bDeviceClass": 9}
    (medium,) = media([hub, stick], [DISK], about("disk4"), about("disk4s1"))
    assert (medium.deceptive, medium.interfaces) == (False, ("080650",))


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ({"bInterfaceClass": 6, "bInterfaceSubClass": 1, "bInterfaceProtocol": 1}, MediumKind.CAMERA),
        ({"bInterfaceClass": 255, "bInterfaceSubClass": 254, "bInterfaceProtocol": 2}, MediumKind.PHONE),
    ],
)
def test_phones_and_cameras_are_told_without_a_volume(part: dict[str, int], kind: MediumKind) -> None:
    (medium,) = media([device(part)], [])
    assert (medium.kind, medium.node, medium.volumes) == (kind, "", ())


@pytest.mark.parametrize(
    "told",
    [
        about("disk4", Internal=True, BusProtocol="PCI-Express"),
        about("disk4", BusProtocol="Disk Image"),
        about("disk4", VirtualOrPhysical="Virtual"),
        {"DeviceIdentifier": "disk4"},
    ],
)
def test_neither_the_mac_s_own_disk_nor_an_image_is_one(told: dict[str, Any]) -> None:
    assert not media([], [DISK], told, about("disk4s1"))


def test_a_card_in_the_mac_s_own_slot_is_one() -> None:
    told = about("disk4", Internal=True, BusProtocol="Secure Digital", MediaName="Card")
    (medium,) = media([], [DISK], told, about("disk4s1", FilesystemType="exfat"))
    assert (medium.bus, medium.kind, medium.serial) == ("sd", MediumKind.CARD, "")


def test_what_went_while_it_was_asked_about_is_left_out() -> None:
    assert not media([], [DISK], about("disk4"))
    assert not media([], [DISK])


@pytest.mark.parametrize("printed", [None, [], {}, [1, {CHILDREN: [2]}]])
def test_nothing_is_made_of_what_is_no_list(printed: Any) -> None:
    assert not list(media_of(printed, printed, lambda _: {}))


@pytest.mark.parametrize(
    ("attached", "may"),
    [
        (Attached(internal=True, protocol="PCI-Express"), True),
        (Attached(internal=False, protocol="Virtual Interface"), True),
        (Attached(internal=None, protocol="", network=True), True),
        (Attached(internal=False, protocol="USB"), False),
        (Attached(internal=True, protocol="Secure Digital"), False),
        (Attached(internal=None, protocol=""), False),
    ],
)
def test_what_is_not_known_to_be_the_mac_s_own_is_not_mounted(attached: Attached, *, may: bool) -> None:
    assert may_be_mounted(attached) is may


def test_a_card_in_a_usb_reader_is_named_by_what_is_on_it() -> None:
    reader = {**device(storage("disk4")), "USB Product Name": "USB3.0 Card Reader"}
    part = about("disk4s1", FilesystemType="msdos", VolumeUUID="5D41402A-BC4B-3A76-B971-9D911017C592")
    (medium,) = media([reader], [DISK], about("disk4"), part)
    assert medium.kind is MediumKind.CARD
    assert medium.serial == "card-5D41402A-BC4B-3A76-B971-9D911017C592-16000000000"
