"""The guard of portable media on Linux: release files for polkit's gate, udev's marks, read-only disks.

Nothing here refuses: udev's rule and polkit's (`installers/linux/udev`, `installers/linux/polkit`) do, also
when this process is not there. This only releases, by `_release_files`, and takes releases back:

    hold      unmount what is mounted, make disk and volumes read-only
    release   compare the insertion's number, see udev's mark, lift read-only where allowed, put the file
    withdraw  delete the file, unmount, read-only again

Whoever mounts a held medium by another way (a program of root's, a table of mounts) finds it unmounted again.
On what is released and mounted, files that are written later are checked when they are opened
(`media_fanotify`), where a check was given.

A released volume is mounted by UDisks as its person asks, noexec, nosuid, nodev by udev's rule, and only as
the file system that was scanned. UDisks unmounts, too, because the service may live in a mount namespace of
its own.
"""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pyudev

from lamplighter_agent.backends.linux import _block, _gate_check, _udisks
from lamplighter_agent.backends.linux._mount_table import MountTable
from lamplighter_agent.backends.linux._release_files import Release, ReleaseFiles, Use
from lamplighter_agent.backends.linux.media_fanotify import OpenGate
from lamplighter_agent.backends.media_ports import FileCheck, Medium, Volume
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.errors import BackendUnavailable, NotHeld, NotReleased

SENSOR: Final = "media guard"
MARK: Final = "LAMPLIGHTER_MEDIA"
ALLOWED: Final = "UDISKS_MOUNT_OPTIONS_ALLOW"
DEFAULTS: Final = "UDISKS_MOUNT_OPTIONS_DEFAULTS"
FORCED: Final = frozenset({"noexec", "nosuid", "nodev"})
# A mount may lie above another of the same volume.
_MOST_MOUNTS: Final = 16


class PolkitGuard:
    """Fills `MediaGuard`."""

    name = "polkit, udev and UDisks"

    def __init__(
        self,
        *,
        check: FileCheck | None = None,
        refused: Callable[[], None] = lambda: None,
        files: ReleaseFiles | None = None,
    ) -> None:
        """`check` judges files that are opened later; `refused` is called for each that may not be."""
        self._files = ReleaseFiles() if files is None else files
        self._opens = None if check is None else OpenGate(check, refused=refused)
        self._table = MountTable()
        self._ousting: dict[str, asyncio.Task[None]] = {}
        self._held: dict[str, Medium] = {}
        self._ready = False
        # Why files that are written later are not checked; "" where they are, or nobody asked for that.
        self._unchecked = ""
        self._one_at_a_time = asyncio.Lock()

    async def ready(self) -> SensorState:
        error: BackendUnavailable | None = None
        async with self._one_at_a_time:
            try:
                if not self._files.is_open:
                    self._files.open()
                await _gate_check.check(self._files)
            except (BackendUnavailable, NotReleased) as problem:
                error = _unavailable(problem)
            self._ready = error is None
        return SensorState(
            sensor=SENSOR,
            working=error is None,
            backend=self.name,
            reason=self._unchecked if error is None else error.reason,
            remedy="" if error is None else error.remedy,
        )

    async def withdraw_all(self) -> None:
        for key in list(self._held):
            await self.withdraw(key)
        with contextlib.suppress(BackendUnavailable):
            # `ready` says why it can't be opened; without it nothing can be released.
            self._files.open()

    async def hold(self, medium: Medium) -> None:
        await self.withdraw(medium.key)
        # A removal that was not heard of may have left another medium's under the same names.
        self._files.drop(*(Path(node).name for node, _ in _places(medium)))
        if medium.deceptive:
            await self._disconnect(medium)
        for node, sequence in _places(medium):
            await self._unmount(node)
            try:
                await asyncio.to_thread(_block.make_read_only, node, sequence, read_only=True)
            except OSError as error:
                raise NotHeld(f"can't be made read-only: {error.strerror}") from error
        self._held[medium.key] = medium
        self._watch_mounts()

    async def release(self, volume: Volume, account_name: str, *, writable: bool) -> None:
        medium = next((one for one in self._held.values() if volume in one.volumes), None)
        if medium is None:
            raise NotReleased("not a volume that is held")
        if medium.deceptive:
            raise NotReleased("the device is more than storage")
        if not self._ready and not (await self.ready()).working:
            raise NotReleased("the gate is not in force")
        release = Release(
            node=Path(volume.node).name,
            sequence=volume.sequence,
            use=Use.UNLOCK if volume.locked else Use.MOUNT,
            account=account_name,
        )
        release.file_name  # noqa: B018 - raises where it can't be one, before anything is changed
        if not await asyncio.to_thread(_is_marked, volume.node):
            raise NotReleased("udev's rule has not seen the volume")
        await self._let_write(medium, volume, writable=writable)
        # Taken out or withdrawn meanwhile: then what was looked at is not what would be released.
        if self._held.get(medium.key) is not medium:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(_block.make_read_only, volume.node, volume.sequence, read_only=True)
            raise NotReleased("withdrawn meanwhile")
        self._files.put(release)

    async def withdraw(self, key: str) -> None:
        medium = self._held.pop(key, None)
        if medium is None:
            return
        self._files.drop(*(Path(node).name for node, _ in _places(medium)))
        for node, sequence in _places(medium):
            await self._unmount(node)
            # What is gone needs nothing, and what came in its place is not this medium's.
            with contextlib.suppress(OSError):
                await asyncio.to_thread(_block.make_read_only, node, sequence, read_only=True)

    async def stop(self) -> None:
        for key in list(self._held):
            await self.withdraw(key)
        self._table.stop()
        await asyncio.gather(*self._ousting.values())
        if self._opens is not None:
            await asyncio.to_thread(self._opens.stop)
        self._files.close()
        self._ready = False

    def _watch_mounts(self) -> None:
        try:
            if not self._table.is_started:
                self._table.start(self._mounted)
        except OSError as error:
            raise NotHeld(f"mounts can't be watched: {error.strerror}") from error

    def _mounted(self) -> None:
        released = {release.node for release in self._files.releases}
        for medium in self._held.values():
            for node, _sequence in _places(medium):
                found = _block.mounts(node)
                if not found:
                    continue
                if Path(node).name not in released or any(not one.options >= FORCED for one in found):
                    self._oust(node)
                else:
                    self._check_opens(found[0].place)

    def _oust(self, node: str) -> None:
        if node in self._ousting:
            return
        task = asyncio.get_running_loop().create_task(self._unmount(node))
        self._ousting[node] = task
        task.add_done_callback(lambda _: self._ousting.pop(node))

    def _check_opens(self, place: str) -> None:
        if self._opens is None:
            return
        try:
            self._opens.start()
            self._opens.watch(place)
            self._unchecked = ""
        except BackendUnavailable as error:
            # The medium was clean and is released; that later files go unchecked is told by `ready`.
            self._unchecked = error.reason

    async def _let_write(self, medium: Medium, volume: Volume, *, writable: bool) -> None:
        for node, sequence in _places(medium):
            if node not in {medium.node, volume.node}:
                continue
            try:
                was_writable = not await asyncio.to_thread(_block.is_read_only, node)
                if was_writable and not writable:
                    await self._unmount(node)
                await asyncio.to_thread(_block.make_read_only, node, sequence, read_only=not writable)
            except OSError as error:
                raise NotReleased(f"not the medium that was held: {error.strerror}") from error

    async def _unmount(self, node: str) -> None:
        """Take every mount of it away; what this process does not see, UDisks does."""
        for _ in range(_MOST_MOUNTS):
            found = await asyncio.to_thread(_block.mounts, node)
            if not found:
                return
            await asyncio.to_thread(_block.flush, found[0].place)
            try:
                await _udisks.unmount(node)
            except BackendUnavailable:
                with contextlib.suppress(OSError):
                    await asyncio.to_thread(_block.detach, found[0].place)

    async def _disconnect(self, medium: Medium) -> None:
        """Have the kernel drop the device's interfaces, its keyboard too; it stays until it is pulled."""
        try:
            await asyncio.to_thread(_deauthorise, medium.key)
        except OSError as error:
            raise NotHeld(f"can't be disconnected: {error.strerror}") from error


def _places(medium: Medium) -> list[tuple[str, int]]:
    """Each node once with its insertion's number, the whole disk first."""
    volumes = {volume.node: volume.sequence for volume in medium.volumes}
    if medium.node:
        return list(({medium.node: medium.sequence} | volumes).items())
    return list(volumes.items())


def _is_marked(node: str) -> bool:
    """Say whether udev's rule has seen a volume, and nobody's later rule opens what it closes.

    Those are programs that start from it, and mounts as another file system than the one that was scanned:
    noexec, which is forced, is allowed to that one alone.
    """
    try:
        told = pyudev.Devices.from_device_file(pyudev.Context(), node).properties
        allowed = str(told.get(ALLOWED, "exec")).split(",")
        return (
            told.get(MARK) == "held"
            and "noexec" in str(told.get(DEFAULTS, "")).split(",")
            and not {"exec", "noexec", "suid", "dev"} & set(allowed)
        )
    except (pyudev.DeviceNotFoundError, OSError, ValueError):
        return False


def _deauthorise(key: str) -> None:
    for folder in (Path("/sys" + key), *Path("/sys" + key).parents):
        switch = folder / "authorized"
        if switch.exists() and (folder / "idVendor").exists():
            switch.write_text("0", encoding="ascii")
            return
    raise FileNotFoundError(2, "no USB device")


def _unavailable(problem: BackendUnavailable | NotReleased) -> BackendUnavailable:
    if isinstance(problem, BackendUnavailable):
        return problem
    return BackendUnavailable("MediaGuard", problem.reason, "start the service as root")
