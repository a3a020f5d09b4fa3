"""The guard of portable media on Windows: no letter, a locked volume, a disk that can't be written to.

    hold      take every letter away, dismount and lock each volume, make the disk read-only
    release   unlock, lift read-only where allowed, give the volume a letter in one person's session
    withdraw  take that letter away, dismount and lock again

The letter is an object of the kernel that lasts as long as this process holds it, in the one session that
it was given to: a service that is killed leaves none. Mount Manager gives no letters by itself (automount),
and what it gives all the same is taken away when the medium is held. Windows' own policy keeps portable
devices and programs on removable disks away (`media_policy.py`). Files that are written later are Defender's
matter, whose real-time protection the scanner asks for.

Not kept out: who opens a volume by its own name while it is not locked, which is during a scan, after a
release, and when this service does not run. Never ran on Windows.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from lamplighter_agent.backends.media_ports import Medium, Volume
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.backends.windows.media_policy import MediaPolicy
from lamplighter_agent.backends.windows.media_system import Held, Switches, VolumeControl
from lamplighter_agent.backends.windows.medium_rule import disk_number
from lamplighter_agent.backends.windows.volume_locks import VolumeLocks
from lamplighter_agent.errors import NotHeld, NotReleased

SENSOR: Final = "media guard"
NOT_UNTIL_RESTART: Final = (
    "until Windows starts again, programs on a released medium are not kept from starting"
)
_REMEDY: Final = "start the service as the system's"


class LetterGuard:
    """Fills `MediaGuard`. On the loop; Windows is asked beside it."""

    name = "drive letters, locked volumes and device policy (not proven on a real Windows)"

    def __init__(
        self,
        control: VolumeControl,
        locks: VolumeLocks,
        switches: Switches,
        policy: MediaPolicy,
        *,
        room: str,
    ) -> None:
        """`room` is the folder that the scanner mounts in."""
        self._control = control
        self._locks = locks
        self._switches = switches
        self._policy = policy
        self._room = room
        self._held: dict[str, Medium] = {}
        # By volume and account.
        self._letters: dict[tuple[str, str], Held] = {}
        self._ready = False
        self._one_at_a_time = asyncio.Lock()

    async def ready(self) -> SensorState:
        reason = ""
        async with self._one_at_a_time:
            try:
                in_force = await asyncio.to_thread(self._enforce)
                self._ready = True
            except OSError as error:
                self._ready, in_force = False, True
                reason = error.strerror or type(error).__name__
        return SensorState(
            sensor=SENSOR,
            working=self._ready,
            backend=self.name,
            reason=reason if in_force else NOT_UNTIL_RESTART,
            remedy="" if self._ready and in_force else "restart Windows" if self._ready else _REMEDY,
        )

    def _enforce(self) -> bool:
        if not self._switches.automount_is_off():
            self._switches.turn_automount_off()
            if not self._switches.automount_is_off():
                raise PermissionError(13, "Windows goes on giving letters to new volumes")
        return self._policy.ensure()

    async def answers(self) -> bool:
        """The system itself, which is there."""
        return True

    async def withdraw_all(self) -> None:
        for key in list(self._held):
            await self.withdraw(key)
        # Of a scan that was killed.
        await self._quietly(self._control.remove_path, self._room)

    async def hold(self, medium: Medium) -> None:
        await self.withdraw(medium.key)
        try:
            if medium.deceptive:
                await asyncio.to_thread(self._put_out, medium.key)
            for volume in medium.volumes:
                await asyncio.to_thread(self._close, volume.node)
            if medium.node:
                await asyncio.to_thread(self._control.set_read_only, disk_number(medium.node), read_only=True)
        except OSError as error:
            # What is locked by then stays so.
            raise NotHeld(f"Windows would not hold it: {error.strerror}") from error
        self._held[medium.key] = medium

    def _put_out(self, instance: str) -> None:
        self._policy.refuse(instance)
        self._switches.disable(instance)

    def _close(self, volume: str) -> None:
        """Take a volume's letters away and lock it, anew: an older lock may be of what was taken out."""
        for path in self._control.paths_of(volume):
            self._control.remove_path(path)
        self._locks.unlock(volume)
        self._locks.lock(volume)

    async def release(self, volume: Volume, account_name: str, *, writable: bool) -> None:
        medium = next((one for one in self._held.values() if volume in one.volumes), None)
        if medium is None:
            raise NotReleased("not a volume that is held")
        if medium.deceptive:
            raise NotReleased("the device is more than storage")
        if volume.locked:
            # Whoever gave its password would see what is in it before it was scanned.
            raise NotReleased(
                "locked by BitLocker: only what this device opens by itself is scanned and used"
            )
        if not self._ready and not (await self.ready()).working:
            raise NotReleased("the guard is not in force")
        try:
            letter = await asyncio.to_thread(self._open, medium, volume.node, account_name, writable=writable)
        except OSError as error:
            await self._quietly(self._locks.lock, volume.node)
            raise NotReleased(f"Windows would not release it: {error.strerror}") from error
        # Taken out or withdrawn meanwhile: then what was looked at is not what would be released.
        if self._held.get(medium.key) is not medium:
            letter.close()
            await self._quietly(self._locks.lock, volume.node)
            raise NotReleased("withdrawn meanwhile")
        before = self._letters.pop((volume.node, account_name), None)
        self._letters[volume.node, account_name] = letter
        if before is not None:
            before.close()

    def _open(self, medium: Medium, volume: str, account: str, *, writable: bool) -> Held:
        self._control.set_read_only(disk_number(medium.node), read_only=not writable)
        self._locks.unlock(volume)
        return self._control.letter_for(volume, account)

    async def withdraw(self, key: str) -> None:
        medium = self._held.pop(key, None)
        if medium is None:
            return
        nodes = {volume.node for volume in medium.volumes}
        for place in [one for one in self._letters if one[0] in nodes]:
            self._letters.pop(place).close()
        await self._unlock(medium)
        for volume in medium.volumes:
            # Anew: that also takes it from whoever has files of it open. What is gone needs nothing.
            await self._quietly(self._close, volume.node)
        if medium.node:
            await self._quietly(self._read_only_again, medium)

    def _read_only_again(self, medium: Medium) -> None:
        self._control.set_read_only(disk_number(medium.node), read_only=True)

    async def _unlock(self, medium: Medium) -> None:
        for volume in medium.volumes:
            await asyncio.to_thread(self._locks.unlock, volume.node)

    async def _quietly(self, do: Callable[..., object], *arguments: object) -> None:
        with contextlib.suppress(OSError):
            await asyncio.to_thread(do, *arguments)

    async def stop(self) -> None:
        for key in list(self._held):
            await self.withdraw(key)
        await asyncio.to_thread(self._locks.close)
        self._ready = False
