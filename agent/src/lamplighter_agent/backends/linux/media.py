"""Portable media on Linux: the kernel's events, udev's when it has looked, and every change of the mounts.

Three sources, because each alone is blind somewhere. The kernel tells at once, whoever else runs; udev tells
a moment later and knows vendor, serial number and file systems; the table of mounts changes also when a
volume comes by a route that made no event we understood, and then psutil's list of volumes is gone through.
Whatever wakes us, the disk itself is looked at, so that an event told twice changes nothing. A medium is told
when udev has looked at each of its partitions, or is late. Without udev's daemon the watch goes on with the
kernel's word, its name says so, and it `lacks` the daemon as long as that is away; a medium that nobody but
a dead daemon could have looked at is a break.

A disk is a medium (`_disks`); a phone, a camera and a device that deceives is told as a whole (`_usb`).
Docks, keyboards and empty card readers are neither.

No thread: all three are descriptors on the loop.
"""

import asyncio
import contextlib
import dataclasses
from collections.abc import Callable

import psutil
import pyudev

from lamplighter_agent.backends.linux import _disks, _usb
from lamplighter_agent.backends.linux._mount_table import MountTable
from lamplighter_agent.backends.linux._udev_daemon import udev_runs
from lamplighter_agent.backends.media_ports import MediaChange, Medium
from lamplighter_agent.backends.ports import Failed
from lamplighter_agent.errors import BackendUnavailable

# How long udev may take to look at a new disk before the kernel's own word has to do.
UDEV_SECONDS = 1.5
_NAME = "kernel events, udev and mounts"
_NAME_WITHOUT_UDEV = "kernel events and mounts; udev's daemon does not run, serial numbers may be missing"


class UdevMedia:
    """Fills `MediaWatch`."""

    def __init__(self) -> None:
        self.name = _NAME
        self._udev = False
        self._sink: Callable[[MediaChange], None] | None = None
        self._failed: Failed | None = None
        self._present: dict[str, Medium] = {}
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._monitors: list[pyudev.Monitor] = []
        self._table = MountTable()

    async def start(self, sink: Callable[[MediaChange], None], failed: Failed) -> None:
        """Listen, then tell of what is in already: nothing that comes in between is missed."""
        self._sink, self._failed = sink, failed
        self._udev = udev_runs()
        self.name = _NAME if self._udev else _NAME_WITHOUT_UDEV
        try:
            self._context = pyudev.Context()
            for source in ("kernel", "udev"):
                self._listen(source)
            self._table.start(self._mounts_changed)
        except (ImportError, OSError) as error:
            await self.stop()
            raise _unavailable(error) from error
        for device in (*_usb.devices(self._context), *_disks.disks(self._context)):
            self._look(device, "present at the start")

    def lacks(self) -> BackendUnavailable | None:
        if udev_runs():
            return None
        return _unavailable(ProcessLookupError(3, "udev's daemon does not run"))

    async def stop(self) -> None:
        loop = asyncio.get_running_loop()
        for monitor in self._monitors:
            loop.remove_reader(monitor.fileno())
        self._monitors.clear()
        self._table.stop()
        for timer in self._due.values():
            timer.cancel()
        self._due.clear()
        self._present.clear()
        self._sink = self._failed = None

    def _listen(self, source: str) -> None:
        monitor = pyudev.Monitor.from_netlink(self._context, source=source)
        monitor.filter_by("block")
        monitor.filter_by("usb", "usb_device")
        monitor.start()
        self._monitors.append(monitor)
        asyncio.get_running_loop().add_reader(monitor.fileno(), self._heard, monitor, source)

    def _heard(self, monitor: pyudev.Monitor, source: str) -> None:
        try:
            while (device := monitor.poll(timeout=0)) is not None:
                self._event(device, source)
        except OSError as error:
            # Events were dropped: what came and went meanwhile is not known, so this is a failed sensor.
            self._break(error)

    def _event(self, device: pyudev.Device, source: str) -> None:
        if device.action == "remove":
            self._gone(device.device_path, source)
        if device.sys_name.startswith(_disks.MAPPED) or device.action == "remove":
            # A container was opened or closed, or a partition went: whose, the disks themselves tell.
            for key in [*self._present]:
                self._look_again(key, source)
            return
        whole = device if device.subsystem == "usb" else _disks.disk_of(device)
        if whole is None:
            return
        if source == "udev" and (device.subsystem == "usb" or _disks.is_settled(whole)):
            self._look(whole, source)
        elif whole.device_path not in self._due:
            later = asyncio.get_running_loop().call_later(UDEV_SECONDS, self._late, whole)
            self._due[whole.device_path] = later

    def _late(self, whole: pyudev.Device) -> None:
        """Take the kernel's own word, since udev has said nothing, or not all, in time."""
        self._look(whole, "kernel")
        if self._udev and not udev_runs():
            self._break(ProcessLookupError(3, "udev's daemon does not run any more"))

    def _look_again(self, key: str, route: str) -> None:
        with contextlib.suppress(pyudev.DeviceNotFoundError, OSError):
            self._look(pyudev.Devices.from_path(self._context, key), route)

    def _look(self, whole: pyudev.Device, route: str) -> None:
        """Compare what is in a disk, or what a USB device is, with what was."""
        key = whole.device_path
        timer = self._due.pop(key, None)
        if timer is not None:
            timer.cancel()
        medium = None
        with contextlib.suppress(pyudev.DeviceNotFoundError, OSError):
            # Anew: an event's device keeps the properties of its own time.
            now = pyudev.Devices.from_path(self._context, key)
            medium = _usb.medium_of(now) if now.subsystem == "usb" else _disks.medium_in(now)
        before = self._present.get(key)
        if medium == before:
            return
        if before is not None and medium is not None and _is_refused_for_ever(before):
            # Its interfaces were taken away, so that it looks like less.
            return
        if before is not None and (medium is None or not _is_same(before, medium)):
            self._gone(key, route)
        if medium is not None:
            self._present[key] = medium
            self._tell(MediaChange(medium=medium, present=True, route=route))

    def _gone(self, key: str, route: str) -> None:
        timer = self._due.pop(key, None)
        if timer is not None:
            timer.cancel()
        medium = self._present.pop(key, None)
        if medium is not None:
            self._tell(MediaChange(medium=medium, present=False, route=route))

    def _tell(self, change: MediaChange) -> None:
        if self._sink is not None:
            self._sink(change)

    def _mounts_changed(self) -> None:
        try:
            # All: what a FUSE program mounts is of no file system that the kernel calls a disk's.
            for device in {volume.device for volume in psutil.disk_partitions(all=True)}:
                if device.startswith("/dev/"):
                    self._mounted(device)
        except OSError as error:
            self._break(error)

    def _mounted(self, path: str) -> None:
        try:
            device = pyudev.Devices.from_device_file(self._context, path)
        except (pyudev.DeviceNotFoundError, OSError, ValueError):
            return
        disk = _disks.disk_of(device) if device.subsystem == "block" else None
        if disk is not None and disk.device_path not in self._present | self._due:
            self._look(disk, "mount")

    def _break(self, error: OSError) -> None:
        failed, self._failed, self._sink = self._failed, None, None
        if failed is not None:
            failed(_unavailable(error))


def _is_same(before: Medium, now: Medium) -> bool:
    """Say whether it is the same insertion of the same medium, whatever its volumes are."""
    return dataclasses.replace(before, volumes=now.volumes) == now


def _is_refused_for_ever(medium: Medium) -> bool:
    return medium.deceptive and not medium.node


def _unavailable(error: Exception) -> BackendUnavailable:
    reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
    return BackendUnavailable("MediaWatch", f"{reason}", "install libudev1 and start systemd-udevd")
