"""A pretended Windows with portable media: disks, volumes, letters, locks, sessions and a registry.

It does what Windows is documented to do, as far as the backends rely on it: a locked volume can't be opened,
a letter in a session is that session's alone, and whatever a process holds ends with the process.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lamplighter_agent.backends.windows.media_system import Disk, DiskVolume, Held, UsbDevice
from lamplighter_agent.errors import BackendUnavailable

USB = "USB\\VID_0951&PID_1666\\60A44C3FAC35"
STORAGE = ("USB\\Class_08&SubClass_06&Prot_50", "USB\\Class_08&SubClass_06", "USB\\Class_08")
KEYBOARD = ("USB\\Class_03&SubClass_01&Prot_01", "USB\\Class_03&SubClass_01", "USB\\Class_03")
STICK = Disk(
    instance="USBSTOR\\Disk&Ven_Example&Prod_Stick&Rev_1.0\\60A44C3FAC35&0",
    number=3,
    bus=7,
    vendor="Example ",
    model="Stick",
    size_bytes=16_000_000_000,
    removable=True,
    usb=USB,
)
SYSTEM = Disk(instance="SCSI\\Disk&Ven_NVMe\\5&1", number=0, bus=0x11, size_bytes=500_000_000_000)
VOLUME = "\\\\?\\Volume{4c1b02c1-d990-11dc-99ae-806e6f6e6963}\\"


@dataclass
class _Lock:
    windows: "PretendedMedia"
    volume: str

    def close(self) -> None:
        self.windows.locks.discard(self.volume)
        self.windows.held = [one for one in self.windows.held if one is not self]


@dataclass
class _Letter:
    windows: "PretendedMedia"
    volume: str
    account: str

    def close(self) -> None:
        self.windows.letters.discard((self.volume, self.account))
        self.windows.held = [one for one in self.windows.held if one is not self]


class PretendedMedia:
    """Fills `Devices`, `DeviceNews`, `VolumeControl`, `Switches` and `Registry`."""

    def __init__(self, *accounts: str) -> None:
        self.accounts = set(accounts)
        self.plugged: dict[str, Disk] = {SYSTEM.instance: SYSTEM}
        self.usb: dict[str, UsbDevice] = {}
        self.there: dict[str, DiskVolume] = {}
        # Letters and folders that everybody has.
        self.paths: dict[str, str] = {}
        self.letters: set[tuple[str, str]] = set()
        self.locks: set[str] = set()
        self.held: list[Held] = []
        self.read_only: set[int] = set()
        self.automount = True
        self.refuses_automount = False
        self.broken: OSError | None = None
        self.disabled: list[str] = []
        self.keys: dict[str, dict[str, int | str]] = {}
        self.volatile: set[str] = set()
        self._changed: Callable[[], None] | None = None
        self.refuses_news = False

    # --- what a test does ---

    def put_in(self, disk: Disk = STICK, *volumes: DiskVolume, classes: tuple[str, ...] = STORAGE) -> None:
        self.plugged[disk.instance] = disk
        self.usb[disk.usb] = UsbDevice(instance=disk.usb, compatible=classes)
        made = volumes or (
            DiskVolume(name=VOLUME, disk=disk.number, file_system="FAT32", size_bytes=15_999_000_000),
        )
        for volume in made:
            self.there[volume.name] = volume
            if self.automount:
                self.paths["E:\\"] = volume.name
        self.tell()

    def take_out(self, disk: Disk = STICK) -> None:
        self.plugged.pop(disk.instance, None)
        self.usb.pop(disk.usb, None)
        for name in [one.name for one in self.there.values() if one.disk == disk.number]:
            del self.there[name]
            self.locks.discard(name)
            self.paths = {path: volume for path, volume in self.paths.items() if volume != name}
        self.read_only.discard(disk.number)
        self.tell()

    def tell(self) -> None:
        if self._changed is not None:
            self._changed()

    def kill(self) -> None:
        """End the process that holds locks and letters."""
        for one in list(self.held):
            one.close()
        self._changed = None

    def may_use(self, volume: str, account: str) -> str:
        """Let somebody look for a letter and use it: "", "r" or "rw"."""
        named = (volume, account) in self.letters or volume in self.paths.values()
        if not named or volume in self.locks or volume not in self.there:
            return ""
        return "r" if self.there[volume].disk in self.read_only else "rw"

    # --- Devices and DeviceNews ---

    def disks(self) -> list[Disk]:
        self._check()
        return list(self.plugged.values())

    def usb_devices(self) -> list[UsbDevice]:
        return list(self.usb.values())

    def volumes(self) -> list[DiskVolume]:
        return list(self.there.values())

    def system_disk(self) -> int:
        return SYSTEM.number

    async def start(self, changed: Callable[[], None]) -> None:
        if self.refuses_news:
            raise BackendUnavailable("MediaWatch", "Windows tells of no devices", "restart Windows")
        self._changed = changed

    async def stop(self) -> None:
        self._changed = None

    # --- VolumeControl ---

    def paths_of(self, volume: str) -> list[str]:
        self._there(volume)
        return [path for path, name in self.paths.items() if name == volume]

    def remove_path(self, path: str) -> None:
        self._check()
        if self.paths.pop(path, None) is None:
            raise FileNotFoundError(2, "nothing is mounted there")

    def mount(self, volume: str, folder: str) -> None:
        self._there(volume)
        self.paths[folder] = volume

    def mounted_at(self, folder: str) -> str:
        return self.paths.get(folder, "")

    def lock(self, volume: str) -> Held:
        self._there(volume)
        if volume in self.locks:
            raise PermissionError(13, "locked already")
        self.locks.add(volume)
        return self._hold(_Lock(self, volume))

    def set_read_only(self, disk: int, *, read_only: bool) -> None:
        self._check()
        if disk not in {one.number for one in self.plugged.values()}:
            raise FileNotFoundError(2, "no such disk")
        (self.read_only.add if read_only else self.read_only.discard)(disk)

    def letter_for(self, volume: str, account: str) -> Held:
        self._there(volume)
        if account not in self.accounts:
            raise PermissionError(13, "nobody of that name is signed in here")
        self.letters.add((volume, account))
        return self._hold(_Letter(self, volume, account))

    # --- Switches ---

    def automount_is_off(self) -> bool:
        self._check()
        return not self.automount

    def turn_automount_off(self) -> None:
        self._check()
        self.automount = self.refuses_automount

    def disable(self, instance: str) -> None:
        self.disabled.append(instance)

    # --- Registry ---

    def read(self, key: str, name: str) -> int | str | None:
        self._check()
        return self.keys.get(key, {}).get(name)

    def names(self, key: str) -> list[str]:
        return list(self.keys.get(key, {}))

    def write(self, key: str, name: str, value: int | str) -> None:
        self.keys.setdefault(key, {})[name] = value

    def mark_until_restart(self, key: str) -> None:
        self.volatile.add(key)

    def is_there(self, key: str) -> bool:
        return key in self.volatile or key in self.keys

    def _hold(self, one: Held) -> Held:
        self.held.append(one)
        return one

    def _there(self, volume: str) -> None:
        self._check()
        if volume not in self.there:
            raise FileNotFoundError(2, "no such volume")

    def _check(self) -> None:
        if self.broken is not None:
            raise self.broken
