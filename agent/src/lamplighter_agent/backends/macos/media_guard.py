"""The guard of portable media on a Mac: Disk Arbitration refuses each mount; root mounts what is released.

    hold      unmount whatever is mounted of it
    release   mount each volume, noexec, nosuid and nodev, in a folder that one account alone comes through
    withdraw  unmount

The refusal lasts as long as the service: while it does not run, macOS mounts what is put in. What was
released is unmounted by a process of its own when the service ends in any way (`unmount_after.py`). A phone
or camera, and the keyboard of a device that deceives, can't be kept from anybody. Never ran on a Mac.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.macos.media_system import Console, Disks, Keeper
from lamplighter_agent.backends.media_ports import Medium, Volume
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.errors import NotHeld, NotReleased

SENSOR: Final = "media guard"
# `noowners`: files of the medium are whoever's looks at them; who may look is the folder's matter.
FORCED: Final = ("noexec", "nosuid", "nodev", "noowners")


class MountGuard:
    """Fills `MediaGuard`. On the loop; the Mac is asked beside it."""

    name = "Disk Arbitration and mounts by root (not proven on a real Mac)"

    def __init__(
        self, disks: Disks, console: Console, keeper: Keeper, *, refusing: Callable[[], bool]
    ) -> None:
        """`refusing` says whether the watch's session of Disk Arbitration is on."""
        self._disks = disks
        self._console = console
        self._keeper = keeper
        self._refusing = refusing
        self._held: dict[str, Medium] = {}
        self._mounted: set[str] = set()

    async def ready(self) -> SensorState:
        reason = "" if self._refusing() else "Disk Arbitration does not ask us about mounts"
        return SensorState(
            sensor=SENSOR,
            working=not reason,
            backend=self.name,
            reason=reason,
            remedy="start the service as root" if reason else "",
        )

    async def answers(self) -> bool:
        """The system itself, which is there."""
        return True

    async def withdraw_all(self) -> None:
        for key in list(self._held):
            await self.withdraw(key)

    async def hold(self, medium: Medium) -> None:
        await self.withdraw(medium.key)
        try:
            for volume in medium.volumes:
                await asyncio.to_thread(self._disks.unmount, volume.node)
        except OSError as error:
            raise NotHeld(f"it can't be unmounted: {error.strerror}") from error
        self._held[medium.key] = medium

    async def release(self, volume: Volume, account_name: str, *, writable: bool) -> None:
        medium = next((one for one in self._held.values() if volume in one.volumes), None)
        if medium is None:
            raise NotReleased("not a volume that is held")
        if medium.deceptive:
            raise NotReleased("the device is more than storage")
        if not self._refusing():
            raise NotReleased("the guard is not in force")
        if volume.locked:
            # Its password may be given at any time; then it is another volume, which is not mounted either.
            return
        try:
            await asyncio.to_thread(self._mount, volume, account_name, writable=writable)
        except OSError as error:
            raise NotReleased(f"it can't be mounted: {error.strerror}") from error
        # Taken out or withdrawn meanwhile: then what was looked at is not what would be released.
        if self._held.get(medium.key) is not medium:
            await self._unmount(volume.node)
            raise NotReleased("withdrawn meanwhile")

    def _mount(self, volume: Volume, account_name: str, *, writable: bool) -> None:
        account = self._console.in_front()
        if account is None or account.name != account_name:
            raise PermissionError(13, "nobody of that name is in front")
        self._disks.unmount(volume.node)
        folder = Path(self._disks.private_folder(account)) / volume.node
        folder.mkdir(mode=0o700, exist_ok=True)
        # First: whatever becomes of us, it is unmounted behind us.
        self._keeper.keep(volume.node)
        self._mounted.add(volume.node)
        options = FORCED if writable else (*FORCED, "rdonly")
        self._disks.mount(volume.node, volume.file_system, os.fspath(folder), options)

    async def withdraw(self, key: str) -> None:
        medium = self._held.pop(key, None)
        if medium is not None:
            for volume in medium.volumes:
                await self._unmount(volume.node)

    async def _unmount(self, node: str) -> None:
        try:
            # What is gone needs nothing.
            with contextlib.suppress(FileNotFoundError):
                await asyncio.to_thread(self._disks.unmount, node)
        except OSError as error:
            # Still mounted: the keeper goes on having it, and the next hold says so.
            raise NotHeld(f"it can't be unmounted: {error.strerror}") from error
        if node in self._mounted:
            self._mounted.discard(node)
            self._keeper.forget(node)

    async def stop(self) -> None:
        for key in list(self._held):
            with contextlib.suppress(NotHeld):
                await self.withdraw(key)
        await asyncio.to_thread(self._keeper.close)
