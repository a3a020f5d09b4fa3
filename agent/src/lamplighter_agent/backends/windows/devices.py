"""What is plugged in, put together of the device tree, the disks' own word, volumes and BitLocker."""

import contextlib
import os
from collections.abc import Callable
from typing import Final, Protocol

from lamplighter_agent.backends.windows._bitlocker import protections
from lamplighter_agent.backends.windows._device_tree import DISKS, USB_DEVICES, DeviceTree, instance_of
from lamplighter_agent.backends.windows._storage import Storage
from lamplighter_agent.backends.windows.media_system import Disk, DiskVolume, UsbDevice

_LOCKED: Final = 2


class VolumeList(Protocol):
    """Which volumes there are, and what Windows reads of each."""

    def names(self) -> list[str]: ...

    def about(self, volume: str) -> tuple[str, str, str]:
        """Return file system, its number and label; each "" where Windows recognises none."""
        ...


class SystemDevices:
    """Fills `Devices`."""

    def __init__(
        self,
        storage: Storage,
        tree: DeviceTree,
        volumes: VolumeList,
        held: Callable[[str], bool],
        asks_bitlocker: Callable[[], dict[str, int]] = protections,
    ) -> None:
        """`held` says whether a volume is locked by us: then Windows tells nobody anything of it."""
        self._storage = storage
        self._tree = tree
        self._volumes = volumes
        self._held = held
        self._known: dict[str, DiskVolume] = {}
        self._asks_bitlocker = asks_bitlocker
        # Asking takes a second, so it is asked when volumes came, and while one may be opened.
        self._protected: dict[str, int] = {}
        self._asked_for: set[str] = set()

    def disks(self) -> list[Disk]:
        found = []
        for interface in self._tree.present(DISKS):
            # Pulled out just now, or without a driver.
            with contextlib.suppress(OSError):
                found.append(self._disk(interface))
        return found

    def _disk(self, interface: str) -> Disk:
        instance, storage = instance_of(interface), self._storage
        with storage.opened(interface) as handle:
            told = storage.descriptor_of(handle)
            return Disk(
                instance=instance,
                number=storage.disk_of(handle),
                bus=told.bus,
                vendor=told.vendor,
                model=told.model,
                serial=told.serial,
                size_bytes=self._size(interface),
                removable=told.removable,
                usb=self._tree.usb_of(instance),
            )

    def _size(self, name: str) -> int:
        try:
            # To read it needs more than to ask what it is.
            with self._storage.opened(name, 0x8000_0000) as handle:
                return self._storage.size_of(handle)
        except OSError:
            return 0

    def usb_devices(self) -> list[UsbDevice]:
        instances = [instance_of(one) for one in self._tree.present(USB_DEVICES)]
        return [UsbDevice(instance=one, compatible=self._tree.compatible(one)) for one in instances]

    def volumes(self) -> list[DiskVolume]:
        names = set(self._volumes.names())
        if names != self._asked_for or _LOCKED in self._protected.values():
            self._protected, self._asked_for = self._asks_bitlocker(), names
        found = {}
        for name in names:
            with contextlib.suppress(OSError):
                known = self._known.get(name)
                found[name] = known if known is not None and self._held(name) else self._volume(name)
        self._known = found
        return list(found.values())

    def _volume(self, name: str) -> DiskVolume:
        with self._storage.opened(name.rstrip("\\")) as handle:
            disk = self._storage.disk_of(handle)
        system, number, label = self._volumes.about(name)
        return DiskVolume(
            name=name,
            disk=disk,
            file_system=system,
            size_bytes=self._size(name.rstrip("\\")),
            protection=self._protected.get(name, 0),
            uuid=number,
            label=label,
        )

    def system_disk(self) -> int:
        drive = os.environ.get("SYSTEMDRIVE", "C:")
        with self._storage.opened(f"\\\\.\\{drive}") as handle:
            return self._storage.disk_of(handle)
