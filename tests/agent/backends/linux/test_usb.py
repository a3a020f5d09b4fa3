"""Phones, cameras, docks, keyboards and devices that deceive, pretended by umockdev."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from lamplighter_agent.backends.linux import _usb

from tests.support.usb_bench import Card, Usb, told_of

pytestmark = pytest.mark.media

KEYBOARD = Usb(name="1-1", interfaces=("030101", "030000"), product="Keyboard")
DOCK = Usb(name="1-2", interfaces=("090001",), product="Dock")
DOCK_NETWORK = Usb(name="1-2.1", interfaces=("020600", "0a0000", "e00101"), product="Dock's network")
EMPTY_READER = Usb(name="1-2.2", interfaces=("080650",), product="Reader", disk="sdx", sectors=0)
HEADSET = Usb(name="1-3", interfaces=("010100", "010200", "030000"), product="Headset")
PHONE = Usb(name="1-4", interfaces=("ff0000",), product="Phone", properties=(("ID_MTP_DEVICE", "1"),))
CAMERA = Usb(name="1-5", interfaces=("060101",), product="Camera")
IPHONE = Usb(name="1-6", interfaces=("060101", "fffe02"), product="iPhone")
STICK = Usb(name="1-7", interfaces=("080650",), product="Stick", disk="sdy", sectors=31250000)


def summary(told: Sequence[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    return [(one["medium"]["model"], one["medium"]["kind"], one["present"]) for one in told]


def test_docks_keyboards_headsets_and_empty_readers_make_no_noise() -> None:
    quiet = (KEYBOARD, DOCK, DOCK_NETWORK, EMPTY_READER, HEADSET)
    assert told_of(present=quiet) == []
    assert told_of(arriving=quiet) == []


def test_phones_and_cameras_are_told_with_what_they_say_of_themselves() -> None:
    told = told_of(present=(PHONE,), arriving=(CAMERA, IPHONE))
    assert summary(told) == [("Phone", "phone", True), ("Camera", "camera", True), ("iPhone", "phone", True)]
    medium = told[0]["medium"]
    assert (medium["vendor_id"], medium["product_id"], medium["serial"]) == ("0951", "1666", "0042")
    # Nothing in it could be scanned, so nothing can be released.
    assert medium["volumes"] == []


def test_a_removal_is_told_once() -> None:
    told = told_of(present=(CAMERA, KEYBOARD), removed=(CAMERA, KEYBOARD))
    assert summary(told) == [("Camera", "camera", True), ("Camera", "camera", False)]


def test_a_stick_is_its_disk() -> None:
    told = told_of(present=(STICK,))
    assert summary(told) == [("Stick", "storage", True)]
    medium = told[0]["medium"]
    assert (medium["node"], medium["sequence"], medium["interfaces"]) == ("/dev/sdy", 9, ["080650"])
    assert [(one["node"], one["file_system"]) for one in medium["volumes"]] == [("/dev/sdy", "vfat")]


def serial_of(device: Usb | Card) -> tuple[str, str]:
    (told,) = told_of(present=(device,))
    return told["medium"]["serial"], told["medium"]["kind"]


@pytest.mark.parametrize("serial", ["AB_CD__12", "a b:C"])
def test_a_serial_number_is_told_letter_by_letter(serial: str) -> None:
    assert serial_of(replace(STICK, serial=serial)) == (serial, "storage")
    by_udev = replace(STICK, about_disk=(("ID_SERIAL_SHORT", serial), ("ID_MODEL", "Plain_Stick")))
    assert serial_of(by_udev) == (serial, "storage")


CARD = replace(STICK, product="USB3.0 Card Reader", serial="000000001539", uuid="9C33-6BBD")
NAMED = f"card-9C33-6BBD-{31250000 * 512}"


@pytest.mark.parametrize(
    "reader",
    [
        CARD,
        replace(CARD, product="Thing", about_disk=(("ID_DRIVE_FLASH_SD", "1"),)),
        replace(CARD, product="Thing", about_disk=(("ID_MODEL", "SD/MMC"),)),
        replace(CARD, product="Thing", second_disk="sdz"),
    ],
    ids=["says so", "known to udev", "its model", "several slots"],
)
def test_a_card_in_a_reader_is_named_by_what_is_on_it(reader: Usb) -> None:
    assert serial_of(reader) == (NAMED, "card")
    # Another card in the same reader, and one of the same number and another size.
    assert serial_of(replace(reader, uuid="1111-2222"))[0] == NAMED.replace("9C33-6BBD", "1111-2222")
    assert serial_of(replace(reader, sectors=62500000))[0] != NAMED


def test_a_card_in_a_reader_that_is_built_in_is_named_by_its_own_register() -> None:
    cid = "035344535530384780a1b2c3d400d5"
    assert serial_of(Card(cid=cid)) == (cid, "card")


@pytest.mark.parametrize("uuid", ["", "0000-0000"])
def test_a_card_in_a_reader_without_a_number_of_its_own_can_not_be_named(uuid: str) -> None:
    assert serial_of(replace(CARD, uuid=uuid)) == ("", "card")


def test_a_container_that_was_opened_waits_for_no_password_and_its_content_is_used() -> None:
    opened = Usb(name="1-7", interfaces=("080650",), disk="sdy", sectors=31250000, opened=True)
    (told,) = told_of(present=(opened,))
    volumes = told["medium"]["volumes"]
    assert [(one["node"], one["file_system"], one["encrypted"], one["locked"]) for one in volumes] == [
        ("/dev/sdy", "", "luks", False),
        ("/dev/dm-0", "ext4", "luks", False),
    ]


@pytest.mark.parametrize("beside", ["030101", "020600", "e00103"], ids=["keyboard", "modem", "network"])
def test_storage_that_is_something_else_too_is_deceptive_and_disconnected(beside: str) -> None:
    bad = Usb(name="1-8", interfaces=("080650", beside), product="Bad", disk="sdz", sectors=31250000)
    told = told_of(present=(bad,))
    # Once, as a whole: its disk is no medium of its own that could be released.
    assert summary(told) == [("Bad", "storage", True)]
    assert told[0]["medium"]["deceptive"]
    assert told[0]["authorized"] == "0"


def test_a_deceptive_device_without_a_disk_is_told_too() -> None:
    bad = Usb(name="1-8", interfaces=("080650", "030101"), product="Bad")
    (told,) = told_of(arriving=(bad,))
    assert (told["medium"]["deceptive"], told["authorized"]) == (True, "0")


@pytest.mark.parametrize(
    "damaged",
    [b"", b"\x09", b"\x00\x04\x00", b"\x09\x04\x00\x00", b"\x02\x04" * 9, b"\xff\x04\x00\x00\x02\x08"],
)
def test_descriptors_cut_short_name_nothing(damaged: bytes) -> None:
    assert list(_usb._classes(damaged)) == []
