"""Portable media on Windows: told by WM_DEVICECHANGE, and looked at again while a volume is locked.

Whatever wakes us, all disks and USB devices are looked at, so that an event told twice changes nothing. A
medium is told anew when its volumes changed. Opening a BitLocker volume makes no event that a service hears,
so what is locked is looked at every few seconds. Never ran on Windows.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from lamplighter_agent.backends.media_changes import MediaSeen
from lamplighter_agent.backends.media_ports import MediaChange, Medium
from lamplighter_agent.backends.ports import Failed
from lamplighter_agent.backends.to_loop import poster
from lamplighter_agent.backends.windows.media_system import DeviceNews, Devices
from lamplighter_agent.backends.windows.medium_rule import media_of
from lamplighter_agent.errors import BackendUnavailable

# Of one stick come several events, and its volumes a moment after it.
SETTLE_S: Final = 0.3
LOCKED_S: Final = 2.0
_AT_START, _EVENT = "present at the start", "device event"


class WindowsMedia:
    """Fills `MediaWatch`. Windows is asked on threads, one at a time; everything else is on the loop."""

    name = "WM_DEVICECHANGE, disks and volumes"

    def __init__(self, devices: Devices, news: DeviceNews) -> None:
        self._devices = devices
        self._news = news
        self._sink: Callable[[MediaChange], None] | None = None
        self._failed: Failed | None = None
        self._seen = MediaSeen()
        self._woken = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    async def start(self, sink: Callable[[MediaChange], None], failed: Failed) -> None:
        """Listen, then tell of what is in already: nothing that comes in between is missed."""
        post = poster()
        self._woken.clear()
        try:
            await self._news.start(lambda: post(self._woken.set))
            self._sink, self._failed = sink, failed
            await self._look(_AT_START)
        except OSError as error:
            await self.stop()
            raise _unavailable(error) from error
        except BackendUnavailable:
            await self.stop()
            raise
        self._looking = asyncio.create_task(self._keep_looking(), name="portable media of Windows")

    async def stop(self) -> None:
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        await self._news.stop()
        self._seen.clear()
        self._sink = self._failed = None

    async def _keep_looking(self) -> None:
        while True:
            locked = any(volume.locked for one in self._seen.media.values() for volume in one.volumes)
            try:
                async with asyncio.timeout(LOCKED_S if locked else None):
                    await self._woken.wait()
                await asyncio.sleep(SETTLE_S)
            except TimeoutError:
                pass
            self._woken.clear()
            try:
                await self._look(_EVENT)
            except OSError as error:
                # What came and went meanwhile is not known, so this is a failed sensor.
                failed, self._failed, self._sink = self._failed, None, None
                if failed is not None:
                    failed(_unavailable(error))
                return

    async def _look(self, route: str) -> None:
        self._seen.look(await asyncio.to_thread(self._now), route, self._tell)

    def _now(self) -> list[Medium]:
        devices = self._devices
        disks, usb, volumes = devices.disks(), devices.usb_devices(), devices.volumes()
        return list(media_of(disks, usb, volumes, system=devices.system_disk()))

    def _tell(self, change: MediaChange) -> None:
        if self._sink is not None:
            self._sink(change)


def _unavailable(error: OSError) -> BackendUnavailable:
    reason = error.strerror or type(error).__name__
    return BackendUnavailable("MediaWatch", reason, "start the service as the system's, on Windows 10 or 11")
