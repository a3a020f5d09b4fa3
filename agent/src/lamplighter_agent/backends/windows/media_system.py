"""What the backends of portable media ask of Windows: real modules answer there, a pretended one in tests.

Every call but of `DeviceNews` may take a while and is made beside the loop. `OSError` where Windows refuses,
`FileNotFoundError` where what is meant is gone. A volume goes by the name that Windows gives it for good,
such as Volume{4c1b...} behind two backslashes, a question mark and one more; a device by its instance path.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbDevice:
    """A USB device, whole. `compatible` are the names of classes that it and its parts go by."""

    instance: str
    compatible: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A disk that is there. `bus` is a number of Windows' STORAGE_BUS_TYPE."""

    instance: str
    number: int
    bus: int
    vendor: str = ""
    model: str = ""
    serial: str = ""
    size_bytes: int = 0
    # Its medium can be taken out of it, as of a stick or a card reader.
    removable: bool = False
    # The USB device that it is part of; "" where it is none.
    usb: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskVolume:
    """A volume on one disk. `protection` is BitLocker's: 0 none, 1 open, 2 locked."""

    name: str
    disk: int
    file_system: str = ""
    size_bytes: int = 0
    protection: int = 0
    # Of its file system, as `vol` shows it: "1A2B-3C4D".
    uuid: str = field(repr=False, default="")
    label: str = field(repr=False, default="", compare=False)


class Devices(Protocol):
    """What is plugged in."""

    def disks(self) -> list[Disk]: ...

    def usb_devices(self) -> list[UsbDevice]: ...

    def volumes(self) -> list[DiskVolume]: ...

    def system_disk(self) -> int:
        """Return the number of the disk that Windows runs from."""
        ...


class DeviceNews(Protocol):
    """Says that something was plugged in or went, without saying what."""

    async def start(self, changed: Callable[[], None]) -> None:
        """Have `changed` called on any thread; raises BackendUnavailable."""
        ...

    async def stop(self) -> None: ...


class Held(Protocol):
    """Something that lasts as long as it is open, and never longer than this process."""

    def close(self) -> None: ...


class VolumeControl(Protocol):
    """What can be done about volumes and disks."""

    def paths_of(self, volume: str) -> list[str]:
        """Return the letters and folders that everybody finds a volume at."""
        ...

    def remove_path(self, path: str) -> None:
        """Take a letter, or a folder that a volume is mounted in, away from it."""
        ...

    def mount(self, volume: str, folder: str) -> None:
        """Mount a volume in an empty folder."""
        ...

    def mounted_at(self, folder: str) -> str:
        """Return the volume in a folder; "" where there is none."""
        ...

    def lock(self, volume: str) -> Held:
        """Dismount a volume, whoever uses it, and let nobody open it while the answer is open."""
        ...

    def set_read_only(self, disk: int, *, read_only: bool) -> None:
        """Let nobody write to a disk, or let them; forgotten when it is taken out."""
        ...

    def letter_for(self, volume: str, account: str) -> Held:
        """Give a volume a letter that only the session of this account has, while the answer is open.

        Raises `PermissionError` where the account has no session here.
        """
        ...


class Switches(Protocol):
    """How Windows treats what is plugged in."""

    def automount_is_off(self) -> bool:
        """Say whether new volumes get no letter by themselves."""
        ...

    def turn_automount_off(self) -> None: ...

    def disable(self, instance: str) -> None:
        """Switch a device off, all of it, until Windows starts again."""
        ...


class Registry(Protocol):
    """Keys of the whole device. Numbers and texts only."""

    def read(self, key: str, name: str) -> int | str | None: ...

    def names(self, key: str) -> list[str]: ...

    def write(self, key: str, name: str, value: int | str) -> None: ...

    def mark_until_restart(self, key: str) -> None:
        """Make a key that is gone when Windows starts again."""
        ...

    def is_there(self, key: str) -> bool: ...
