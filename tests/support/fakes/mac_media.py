"""A pretended Mac with portable media: what its programs print, mounts, and who is in front.

It does what macOS is documented to do, as far as the backends rely on it: nothing portable is mounted while
somebody dissents, root mounts what it wants, and a folder's rights say who comes through.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lamplighter_agent.backends.macos.media_system import Account, Attached
from lamplighter_agent.errors import BackendUnavailable

INTERFACE = {"bInterfaceClass": 8, "bInterfaceSubClass": 6, "bInterfaceProtocol": 80, "idVendor": 0x0951}
KEYBOARD = {"bInterfaceClass": 3, "bInterfaceSubClass": 1, "bInterfaceProtocol": 1, "idVendor": 0x0951}
CHILDREN = "IORegistryEntryChildren"


def device(*children: Mapping[str, Any], location: int = 0x14200000) -> dict[str, Any]:
    """Return a USB device as `ioreg` prints one."""
    return {
        "IOObjectClass": "IOUSBHostDevice",
        "bDeviceClass": 0,
        "idVendor": 0x0951,
        "idProduct": 0x1666,
        "locationID": location,
        "USB Vendor Name": "Example",
        "USB Product Name": "Stick",
        "USB Serial Number": "60A44C3FAC35",
        CHILDREN: list(children),
    }


def storage(disk: str) -> dict[str, Any]:
    return {**INTERFACE, CHILDREN: [{"IOObjectClass": "IOMedia", "BSD Name": disk, "Whole": True}]}


def about(name: str, **more: Any) -> dict[str, Any]:
    """Return a disk as `diskutil info` prints one."""
    told = {"DeviceIdentifier": name, "Internal": False, "BusProtocol": "USB", "Size": 16_000_000_000}
    return told | {"DeviceTreePath": f"IODeviceTree:/{name[:5]}"} | more


class PretendedMac:
    """Fills `DiskNews`, `Disks`, `Console`. Mounts are files of a folder: other processes can end them."""

    def __init__(self, folder: Path, *accounts: str) -> None:
        self.folder = folder
        self.mounts = folder / "mounts"
        self.mounts.mkdir()
        self.accounts = {
            name: Account(name=name, user=501 + at, group=20) for at, name in enumerate(accounts)
        }
        self.front = next(iter(self.accounts.values()), None)
        self.usb: list[dict[str, Any]] = []
        self.entries: dict[str, dict[str, Any]] = {}
        self.told: dict[str, dict[str, Any]] = {}
        self.options: dict[str, Sequence[str]] = {}
        self.broken: OSError | None = None
        self.refuses_news = False
        self.stubborn = False
        self.changed: Callable[[], None] | None = None
        self.may_mount: Callable[[Attached], bool] | None = None

    # --- what a test does ---

    def put_in(self, name: str = "disk4", system: str = "msdos") -> None:
        part = f"{name}s1"
        self.usb = [device(storage(name))]
        self.entries[name] = {
            "DeviceIdentifier": name,
            "Size": 16_000_000_000,
            "Partitions": [{"DeviceIdentifier": part, "Size": 15_999_000_000}],
        }
        self.told[name] = about(name)
        self.told[part] = about(part, FilesystemType=system, VolumeName="Homework", Size=15_999_000_000)
        # As the system does with what is put in.
        if self.may_mount is None or self.may_mount(Attached(internal=False, protocol="USB")):
            self._mounted(part, "/Volumes/Homework", ())
        self.tell()

    def take_out(self, name: str = "disk4") -> None:
        self.usb = []
        self.entries.pop(name, None)
        for one in [one for one in self.told if one.startswith(name)]:
            del self.told[one]
            (self.mounts / one).unlink(missing_ok=True)
        self.tell()

    def tell(self) -> None:
        if self.changed is not None:
            self.changed()

    def may_use(self, name: str, account: str) -> str:
        """Let somebody look for the mount and use it: "", "r" or "rw"."""
        place = self.mounted_at(name) if name in self.told else ""
        private = place.startswith(f"{self.folder}/media/")
        if not place or (private and not place.startswith(f"{self.folder}/media/{account}/")):
            return ""
        return "r" if "rdonly" in self.options.get(name, ()) else "rw"

    # --- DiskNews ---

    @property
    def is_on(self) -> bool:
        return self.may_mount is not None

    def start(self, changed: Callable[[], None], may_mount: Callable[[Attached], bool]) -> None:
        if self.refuses_news:
            raise BackendUnavailable("MediaWatch", "Disk Arbitration does not answer", "restart this Mac")
        self.changed, self.may_mount = changed, may_mount

    def stop(self) -> None:
        self.changed = self.may_mount = None

    # --- Disks ---

    def registry(self) -> Any:
        if self.broken is not None:
            raise self.broken
        return self.usb

    def listed(self) -> Any:
        return {"AllDisksAndPartitions": list(self.entries.values())}

    def about(self, name: str) -> Any:
        if name not in self.told:
            raise FileNotFoundError(2, "no such disk")
        return self.told[name]

    def mount(self, name: str, file_system: str, folder: str, options: Sequence[str]) -> None:
        self.about(name)
        if self.mounted_at(name):
            raise OSError(16, "mounted already")
        self._mounted(name, folder, options)

    def unmount(self, name: str) -> None:
        self.about(name)
        if self.stubborn:
            raise OSError(16, "busy")
        (self.mounts / name).unlink(missing_ok=True)

    def mounted_at(self, name: str) -> str:
        self.about(name)
        place = self.mounts / name
        return place.read_text() if place.exists() else ""

    def private_folder(self, account: Account) -> str:
        place = self.folder / "media" / account.name
        place.mkdir(parents=True, exist_ok=True)
        return str(place)

    # --- Console ---

    def in_front(self) -> Account | None:
        return None if self.front is None else replace(self.front)

    def _mounted(self, name: str, folder: str, options: Sequence[str]) -> None:
        (self.mounts / name).write_text(folder)
        self.options[name] = tuple(options)
