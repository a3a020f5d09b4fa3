"""USB devices that are not there, by umockdev: the watch for portable media, run over a pretended /sys.

`told_of` starts a Python under umockdev's wrapper, which answers for /sys and for udev's messages there, and
returns what the watch told. Known to be complete without waiting: a phone comes last, and ends it when it is
told.
"""

import asyncio
import ctypes
import ctypes.util
import dataclasses
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lamplighter_agent.backends.linux.media import UdevMedia
from lamplighter_agent.backends.linux.media_guard import PolkitGuard
from lamplighter_agent.backends.media_ports import MediaChange
from lamplighter_agent.errors import MediaGuardError

from tests.support.sources import ROOT

WRAPPER: Final = "umockdev-wrapper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usb:
    """A pretended USB device. `interfaces` are class, subclass and protocol in hexadecimal."""

    name: str
    interfaces: tuple[str, ...]
    product: str = "Thing"
    serial: str = "0042"
    # What udev's database says beyond the plain.
    properties: tuple[tuple[str, str], ...] = ()
    # A disk in it of so many sectors; 0 is an empty reader.
    disk: str = ""
    sectors: int = 0
    # What its file system got when it was made, and what else udev's database says of the disk.
    uuid: str = ""
    about_disk: tuple[tuple[str, str], ...] = ()
    # Another slot, empty.
    second_disk: str = ""
    # Its disk is an encrypted container, opened: what is in it is the device dm-0.
    opened: bool = False

    @property
    def path(self) -> str:
        return f"/devices/pci0000:00/usb1/{self.name}"

    def description(self) -> str:
        """In umockdev's words."""
        told = {
            "DEVTYPE": "usb_device",
            "SUBSYSTEM": "usb",
            "ID_USB_INTERFACES": f":{':'.join(self.interfaces)}:",
            **dict(self.properties),
        }
        lines = [f"P: {self.path}", *(f"E: {key}={value}" for key, value in told.items())]
        facts = {"idVendor": "0951", "idProduct": "1666", "manufacturer": "Example", "authorized": "1"}
        facts |= {"product": self.product, "serial": self.serial}
        lines += [f"A: {key}={value}" for key, value in facts.items()]
        lines += [f"H: descriptors={self._descriptors().hex().upper()}", ""]
        if self.disk:
            lines += self._disk()
        return "\n".join(lines) + "\n"

    def _disk(self) -> list[str]:
        place = f"{self.path}/{self.name}:1.0/host0/target0:0:0/0:0:0:0/block/{self.disk}"
        holds = "crypto_LUKS" if self.opened else "vfat"
        content = [
            *("P: /devices/virtual/block/dm-0", "N: dm-0", "E: DEVTYPE=disk", "E: SUBSYSTEM=block"),
            *("E: DEVNAME=/dev/dm-0", "E: ID_FS_TYPE=ext4", f"A: size={self.sectors}", "A: diskseq=10", ""),
        ]
        up = "../" * (place.count("/") + 1)
        slot = f"{self.path}/{self.name}:1.0/host0/target0:0:0/0:0:0:1/block/{self.second_disk}"
        second = [
            f"P: {slot}",
            f"N: {self.second_disk}",
            "E: DEVTYPE=disk",
            "E: SUBSYSTEM=block",
            "A: size=0",
        ]
        return [
            *([*second, ""] if self.second_disk else ()),
            *(content if self.opened else ()),
            *(f"P: {place}", f"N: {self.disk}", "E: DEVTYPE=disk", "E: SUBSYSTEM=block", "E: ID_BUS=usb"),
            *(f"E: DEVNAME=/dev/{self.disk}", f"E: ID_FS_TYPE={holds}", "E: ID_FS_USAGE=filesystem"),
            *(f"E: {key}={value}" for key, value in (("ID_FS_UUID", self.uuid), *self.about_disk) if value),
            *(f"A: size={self.sectors}", "A: removable=1", "A: diskseq=9"),
            *([f"L: holders/dm-0={up}devices/virtual/block/dm-0"] if self.opened else ()),
            "",
        ]

    def _descriptors(self) -> bytes:
        device = bytes([18, 1, 0, 2, 0, 0, 0, 64, *bytes(10)])
        parts = b"".join(
            # With an endpoint, without which udev passes over the last one.
            bytes([9, 4, number, 0, 1, *bytes.fromhex(one), 0, 7, 5, 0x81, 2, 0, 2, 0])
            for number, one in enumerate(self.interfaces)
        )
        return device + bytes([9, 2, 9 + len(parts), 0, len(self.interfaces), 1, 0, 0x80, 50]) + parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A pretended SD card in a reader that is built in."""

    cid: str
    path: str = "/devices/pci0000:00/mmc_host/mmc0/mmc0:0001"

    def description(self) -> str:
        """In umockdev's words."""
        lines = [
            *(f"P: {self.path}", "E: SUBSYSTEM=mmc", "A: type=SD", f"A: cid={self.cid}", "A: name=SU08G"),
            *("A: serial=0x00000042", "", f"P: {self.path}/block/mmcblk9", "N: mmcblk9", "E: DEVTYPE=disk"),
            *(
                "E: SUBSYSTEM=block",
                "E: DEVNAME=/dev/mmcblk9",
                "E: ID_DRIVE_FLASH_SD=1",
                "E: ID_FS_TYPE=vfat",
            ),
            *("E: ID_FS_UUID=9C33-6BBD", "A: size=15523840", "A: diskseq=9", ""),
        ]
        return "\n".join(lines) + "\n"


LAST: Final = Usb(name="1-9", interfaces=("ff4201",), product="The last one")


def told_of(
    *, present: Sequence[Usb | Card] = (), arriving: Sequence[Usb] = (), removed: Sequence[Usb] = ()
) -> list[dict[str, Any]]:
    """Return the changes that the watch told; under "authorized" what the guard left of a deceptive one."""
    order = {
        "present": [one.description() for one in present],
        "arriving": [(one.description(), one.path) for one in (*arriving, LAST)],
        "removed": [one.path for one in removed],
    }
    command = [WRAPPER, sys.executable, "-m", "tests.support.usb_bench"]
    done = subprocess.run(
        command, input=json.dumps(order), capture_output=True, text=True, cwd=ROOT, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    return [
        told for told in map(json.loads, done.stdout.splitlines()) if told["medium"]["model"] != LAST.product
    ]


class Bench:
    """umockdev's testbed, through its C interface."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libumockdev.so.0")
        self._library.umockdev_testbed_new.restype = ctypes.c_void_p
        self._bench = ctypes.c_void_p(self._library.umockdev_testbed_new())

    def add(self, description: str) -> None:
        assert self._library.umockdev_testbed_add_from_string(self._bench, description.encode(), None)

    def uevent(self, path: str, action: str) -> None:
        self._library.umockdev_testbed_uevent(self._bench, f"/sys{path}".encode(), action.encode())

    def remove(self, path: str) -> None:
        self.uevent(path, "remove")
        self._library.umockdev_testbed_remove_device(self._bench, f"/sys{path}".encode())


async def _main() -> None:
    order = json.loads(sys.stdin.read())
    bench, guard, over = Bench(), PolkitGuard(), asyncio.Event()
    told: list[MediaChange] = []

    def sink(change: MediaChange) -> None:
        told.append(change)
        if change.medium.model == LAST.product:
            over.set()

    for description in order["present"]:
        bench.add(description)
    watch = UdevMedia()
    await watch.start(sink, lambda _: over.set())
    for path in order["removed"]:
        bench.remove(path)
    for description, path in order["arriving"]:
        bench.add(description)
        bench.uevent(path, "add")
        # Its messages are taken from a short queue.
        for _ in range(10):
            await asyncio.sleep(0)
    async with asyncio.timeout(60):
        await over.wait()
    await watch.stop()
    for change in told:
        said = dataclasses.asdict(change)
        if change.medium.deceptive:
            try:
                await guard.hold(change.medium)
            except MediaGuardError as error:
                said["refused"] = error.reason
            switch = Path(f"/sys{change.medium.key}/authorized")
            said["authorized"] = await asyncio.to_thread(switch.read_text, encoding="ascii")
        sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    asyncio.run(_main())
