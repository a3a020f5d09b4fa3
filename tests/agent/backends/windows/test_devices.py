"""What is plugged in on Windows, put together; a volume that we locked tells nothing of itself any more."""

import contextlib
from collections.abc import Iterator
from typing import Any, cast

from lamplighter_agent.backends.windows._device_tree import DeviceTree
from lamplighter_agent.backends.windows._storage import Descriptor, Storage
from lamplighter_agent.backends.windows.devices import SystemDevices

from tests.support.fakes.windows_media import STORAGE, USB, VOLUME

DISK = "\\\\?\\usbstor#disk&ven_example#60a44c3fac35&0#{53f56307}"


class Calls:
    """Answers as Windows does of one stick; `locked` volumes answer nothing but where they are."""

    def __init__(self) -> None:
        self.locked: set[str] = set()
        self.asked = 0
        self.gone = False

    # Storage

    @contextlib.contextmanager
    def opened(self, name: str, access: int = 0) -> Iterator[int]:
        if self.gone or (access and name + "\\" in self.locked):
            raise PermissionError(13, "refused")
        yield 1

    def descriptor_of(self, _handle: int) -> Descriptor:
        return Descriptor(bus=7, removable=True, vendor="Example", model="Stick", serial="x")

    def disk_of(self, _handle: int) -> int:
        return 3

    def size_of(self, _handle: int) -> int:
        return 16

    # Volumes

    def names(self) -> list[str]:
        return [VOLUME]

    def about(self, name: str) -> tuple[str, str, str]:
        return ("", "", "") if name in self.locked else ("FAT32", "1A2B-3C4D", "Homework")

    # DeviceTree

    def present(self, kind: str) -> list[str]:
        return [DISK] if kind.startswith("{53f5") else []

    def usb_of(self, _instance: str) -> str:
        return USB

    def compatible(self, _instance: str) -> tuple[str, ...]:
        return STORAGE

    def protections(self) -> dict[str, int]:
        self.asked += 1
        return {VOLUME: 1}


def devices(calls: Calls) -> SystemDevices:
    made: Any = calls
    return SystemDevices(
        cast("Storage", made),
        cast("DeviceTree", made),
        made,
        lambda name: name in calls.locked,
        calls.protections,
    )


def test_a_volume_that_we_locked_stays_what_it_was() -> None:
    calls = Calls()
    found = devices(calls)
    before = found.volumes()
    assert [(one.file_system, one.size_bytes, one.protection, one.uuid) for one in before] == [
        ("FAT32", 16, 1, "1A2B-3C4D")
    ]
    calls.locked.add(VOLUME)
    assert found.volumes() == before
    assert calls.asked == 1


def test_a_disk_is_told_with_its_usb_device_and_one_that_went_is_left_out() -> None:
    calls = Calls()
    (disk,) = devices(calls).disks()
    assert (disk.instance, disk.number, disk.usb, disk.size_bytes) == (
        "usbstor\\disk&ven_example\\60a44c3fac35&0",
        3,
        USB,
        16,
    )
    calls.gone = True
    assert devices(calls).disks() == []
    assert devices(calls).volumes() == []
