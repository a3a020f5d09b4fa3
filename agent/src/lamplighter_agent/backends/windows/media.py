"""Portable media on Windows: told by WM_DEVICECHANGE, and looked at again while a volume is locked.

A medium is told anew when its volumes changed. Opening a BitLocker volume makes no event that a service
hears, so what is locked is looked at every few seconds. Never ran on Windows.
"""

from collections.abc import Callable
from typing import Final

from lamplighter_agent.backends.media_looking import LookedAtMedia
from lamplighter_agent.backends.media_ports import Medium
from lamplighter_agent.backends.windows.media_system import DeviceNews, Devices
from lamplighter_agent.backends.windows.medium_rule import media_of

LOCKED_S: Final = 2.0


class WindowsMedia(LookedAtMedia):
    """Fills `MediaWatch`."""

    name = "WM_DEVICECHANGE, disks and volumes"
    ROUTE = "device event"
    REMEDY = "start the service as the system's, on Windows 10 or 11"

    def __init__(self, devices: Devices, news: DeviceNews) -> None:
        super().__init__()
        self._devices = devices
        self._news = news

    async def _listen(self, changed: Callable[[], None]) -> None:
        await self._news.start(changed)

    async def _deafen(self) -> None:
        await self._news.stop()

    def _now(self) -> list[Medium]:
        devices = self._devices
        disks, usb, volumes = devices.disks(), devices.usb_devices(), devices.volumes()
        return list(media_of(disks, usb, volumes, system=devices.system_disk()))

    def _seconds(self) -> float | None:
        locked = any(volume.locked for one in self._seen.media.values() for volume in one.volumes)
        return LOCKED_S if locked else None
