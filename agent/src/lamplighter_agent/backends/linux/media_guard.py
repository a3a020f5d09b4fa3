"""The guard of portable media on Linux: release files for polkit's gate, udev's marks, read-only disks.

Nothing here refuses: udev's rule and polkit's (`installers/linux/udev`, `installers/linux/polkit`) do, also
when this process is not there. This only releases, by `_release_files`, and takes releases back:

    hold      unmount what is mounted, make disk and volumes read-only
    release   compare the insertion's number, see udev's mark, lift read-only where allowed, put the file
    withdraw  delete the file, unmount, end who has it all the same, read-only again

Whoever mounts a held medium by another way (a program of root's, a table of mounts) finds it unmounted again.
On what is released and mounted, files that are written later are checked when they are opened
(`media_fanotify`), where a check was given.

A mount that somebody copied into a mount namespace of their own, or a folder that a program has open, lives
on behind an unmount. So withdrawing asks the kernel whether the file system is really gone, kills the
programs of people that keep it, and where that does not help takes the device off the system (`StillInUse`).
What is released when this process is killed is withdrawn by another one (`media_keeper`).

A released volume is mounted by UDisks as its person asks, noexec, nosuid, nodev by udev's rule, and only as
the file system that was scanned.
"""

import asyncio
import contextlib
import pwd
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Final

import pyudev
import structlog

from lamplighter_agent.backends.linux import _block, _freeing, _gate_check, _unplug
from lamplighter_agent.backends.linux._freed import State, freed
from lamplighter_agent.backends.linux._mount_table import MountTable
from lamplighter_agent.backends.linux._own_thread import apart
from lamplighter_agent.backends.linux._release_files import Release, ReleaseFiles, Use
from lamplighter_agent.backends.linux._scan_place import FILE_SYSTEMS
from lamplighter_agent.backends.linux._udev_daemon import udev_runs
from lamplighter_agent.backends.linux._udisks import polkit_answers
from lamplighter_agent.backends.linux._withdrawing import Place
from lamplighter_agent.backends.linux.media_fanotify import OpenGate
from lamplighter_agent.backends.linux.media_keeper import MediaKeeper
from lamplighter_agent.backends.media_ports import FileCheck, Medium, Volume
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.errors import BackendUnavailable, NotHeld, NotReleased, StillInUse

_log = structlog.get_logger(__name__)
SENSOR: Final = "media guard"
# Where mount looks for them (libmount).
HELPERS: Final = tuple(Path(one) for one in ("/sbin", "/sbin/fs.d", "/sbin/fs"))
MARK: Final = "LAMPLIGHTER_MEDIA"
ALLOWED: Final = "UDISKS_MOUNT_OPTIONS_ALLOW"
DEFAULTS: Final = "UDISKS_MOUNT_OPTIONS_DEFAULTS"
# Of a medium that a program of the system's own uses: with the gate's pauses longer than any engine takes.
MOST_WAITS: Final = 6
FORCED: Final = frozenset({"noexec", "nosuid", "nodev"})
_Insertion = tuple[str, int]


class PolkitGuard:
    """Fills `MediaGuard`."""

    name = "polkit, udev and UDisks"

    def __init__(
        self,
        *,
        check: FileCheck | None = None,
        refused: Callable[[], None] = lambda: None,
    ) -> None:
        """`check` judges files that are opened later; `refused` is called for each that may not be."""
        self._files = ReleaseFiles()
        self._keeper = MediaKeeper(self._keeper_lost)
        self._opens = None if check is None else OpenGate(check, refused=refused)
        self._table = MountTable()
        self._ousting: dict[str, asyncio.Task[None]] = {}
        # Devices that are taken off, and what is withdrawn since nothing else would do it behind us.
        self._aside: set[asyncio.Task[None]] = set()
        # How often a medium could not be held since the system used it.
        self._waits: dict[str, int] = {}
        # To which accounts an insertion was released, until nobody uses it any more.
        self._people: dict[_Insertion, set[int]] = {}
        self._held: dict[str, Medium] = {}
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
        return SensorState(
            sensor=SENSOR,
            working=error is None,
            backend=self.name,
            reason=self._unchecked if error is None else error.reason,
            remedy="" if error is None else error.remedy,
        )

    async def answers(self) -> bool:
        return udev_runs() and await polkit_answers()

    async def withdraw_all(self) -> None:
        await self._withdraw_each()
        await self._keeper.earlier()
        with contextlib.suppress(BackendUnavailable):
            # `ready` says why it can't be opened; without it nothing can be released.
            self._files.open()

    async def hold(self, medium: Medium) -> None:
        await self.withdraw(medium.key)
        # A removal that was not heard of may have left another medium's under the same names.
        self._files.drop(*(Path(node).name for node, _ in _places(medium)))
        if medium.deceptive:
            await self._disconnect(medium)
        await self._free(medium)
        for node, sequence in _places(medium):
            try:
                await apart(_block.make_read_only, node, sequence, read_only=True)
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
        # Anew each time: polkit may have died since, and then the mount would be refused.
        if not (state := await self.ready()).working:
            raise NotReleased(f"the gate is not in force: {state.reason}")
        release = Release(
            node=Path(volume.node).name,
            sequence=volume.sequence,
            use=Use.UNLOCK if volume.locked else Use.MOUNT,
            account=account_name,
        )
        release.file_name  # noqa: B018 - raises where it can't be one, before anything is changed
        account = await apart(_number_of, account_name)
        if _has_helper(volume.file_system):
            raise NotReleased(f"mount.{volume.file_system} would read it otherwise than the scan: remove it")
        if not await apart(_is_marked, volume.node):
            raise NotReleased("udev's rule has not seen the volume")
        # First, whatever becomes of us.
        await self._keep(medium, account)
        await self._let_write(medium, volume, writable=writable)
        # Taken out or withdrawn meanwhile: then what was looked at is not what would be released.
        if self._held.get(medium.key) is not medium:
            with contextlib.suppress(OSError):
                await apart(_block.make_read_only, volume.node, volume.sequence, read_only=True)
            raise NotReleased("withdrawn meanwhile")
        self._people.setdefault(_insertion(medium), set()).add(account)
        self._files.put(release)

    async def withdraw(self, key: str) -> None:
        medium = self._held.pop(key, None)
        if medium is None:
            return
        self._files.drop(*(Path(node).name for node, _ in _places(medium)))
        try:
            await self._free(medium)
        finally:
            for node, sequence in _places(medium):
                # What is gone needs nothing, and what came in its place is not this medium's.
                with contextlib.suppress(OSError):
                    await apart(_block.make_read_only, node, sequence, read_only=True)
            self._keeper.forget(key)

    async def _keep(self, medium: Medium, account: int) -> None:
        """Have it withdrawn when this process is killed, by what is ready to do it at once."""
        mountable = {volume.node for volume in medium.volumes if volume.file_system}
        places = [
            Place(
                node=node,
                sequence=sequence,
                holds_files=node in mountable,
                account=account,
                key=medium.key,
            )
            for node, sequence in _places(medium)
        ]
        try:
            await self._keeper.keep(medium.key, places)
        except OSError as error:
            raise NotReleased(f"nothing would withdraw it behind us: {error.strerror}") from error
        if self._held.get(medium.key) is not medium:
            raise NotReleased("withdrawn meanwhile")

    def _keeper_lost(self) -> None:
        _log.error("media_keeper_lost")
        self._beside(self._withdraw_each())

    async def _withdraw_each(self) -> None:
        for key in list(self._held):
            # Each but the one that is still used: that is unmounted, read-only, and held anew by who asks.
            with contextlib.suppress(NotHeld):
                await self.withdraw(key)

    async def stop(self) -> None:
        await self._withdraw_each()
        self._table.stop()
        await asyncio.gather(*self._ousting.values(), *self._aside)
        await self._keeper.close()
        if self._opens is not None:
            await apart(self._opens.stop)
        self._files.close()

    def _watch_mounts(self) -> None:
        try:
            if not self._table.is_started:
                self._table.start(self._mounted)
        except OSError as error:
            raise NotHeld(f"mounts can't be watched: {error.strerror}") from error

    def _mounted(self) -> None:
        released = {release.node for release in self._files.releases}
        for medium in self._held.values():
            kinds = {volume.node: volume.file_system for volume in medium.volumes}
            for node, _sequence in _places(medium):
                found = _block.mounts(node)
                if not found:
                    continue
                if Path(node).name not in released or not all(_may_be(one, kinds.get(node)) for one in found):
                    self._oust(node)
                else:
                    self._check_opens(found[0].place)

    def _oust(self, node: str) -> None:
        if node in self._ousting:
            return
        task = asyncio.get_running_loop().create_task(_freeing.unmount(node))
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
        below = {medium.node, volume.node, _container_of(medium, volume)}
        for node, sequence in _places(medium):
            if node not in below:
                continue
            try:
                was_writable = not await apart(_block.is_read_only, node)
                if was_writable and not writable:
                    await _freeing.unmount(node)
                await apart(_block.make_read_only, node, sequence, read_only=not writable)
            except OSError as error:
                raise NotReleased(f"not the medium that was held: {error.strerror}") from error

    async def _free(self, medium: Medium) -> None:
        """Take it from everybody.

        Raises:
            StillInUse: somebody keeps it, or a program of the system's that does not end, and the device
                goes; or such a program has it only now, as an engine that is about to end.
        """
        for node, _sequence in _places(medium):
            await _freeing.unmount(node)
        for volume in medium.volumes:
            # Those that can be mounted: an opened container is in use by its content.
            if volume.file_system:
                await self._free_volume(medium, volume)
        self._waits.pop(medium.key, None)
        self._people.pop(_insertion(medium), None)

    async def _free_volume(self, medium: Medium, volume: Volume) -> None:
        people = frozenset(self._people.get(_insertion(medium), ()))
        found = await apart(freed, volume.node, volume.sequence, people)
        if found.killed:
            _log.warning("media_users_killed", count=found.killed)
        if found.state is State.FREE:
            return
        waits = self._waits[medium.key] = self._waits.get(medium.key, 0) + 1
        if found.state is State.SYSTEM and waits < MOST_WAITS:
            raise StillInUse(
                "a program of the system still uses it", accounts=found.accounts, by_the_system=True
            )
        # Once whoever is called has heard why: the medium goes by that.
        self._beside(_cut_off(medium.key))
        raise StillInUse("somebody still uses it: it is taken off the system", accounts=found.accounts)

    def _beside(self, what: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(what)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    async def _disconnect(self, medium: Medium) -> None:
        """Have the kernel drop the device's interfaces, its keyboard too; it stays until it is pulled."""
        try:
            await apart(_unplug.disconnect, medium.key)
        except OSError as error:
            raise NotHeld(f"can't be disconnected: {error.strerror}") from error


def _insertion(medium: Medium) -> _Insertion:
    return medium.key, medium.sequence


def _number_of(account_name: str) -> int:
    """Return an account's number; raises `NotReleased` where there is none. May ask a directory."""
    try:
        return pwd.getpwnam(account_name).pw_uid
    except KeyError as error:
        raise NotReleased("no such account") from error


def _places(medium: Medium) -> list[tuple[str, int]]:
    """Each node once with its insertion's number, the whole disk first."""
    volumes = {volume.node: volume.sequence for volume in medium.volumes}
    if medium.node:
        return list(({medium.node: medium.sequence} | volumes).items())
    return list(volumes.items())


def _may_be(mount: _block.Mount, file_system: str | None) -> bool:
    """Say whether it starts no program, and is read by what a scan reads it with."""
    scanned_as = FILE_SYSTEMS.get(file_system or "", (mount.kind,))[0]
    return mount.options >= FORCED and mount.kind == scanned_as


def _has_helper(file_system: str) -> bool:
    """Say whether mount would call a program of its own for it, which may read the same bytes otherwise."""
    return any((folder / f"mount.{file_system}").exists() for folder in HELPERS)


def _container_of(medium: Medium, volume: Volume) -> str:
    """Return the node of the container that a volume lies in, which is told before it; "" for a plain one."""
    before = medium.volumes[: medium.volumes.index(volume)]
    containers = [one.node for one in before if one.encrypted and not one.file_system]
    return containers[-1] if containers and volume.encrypted and not volume.locked else ""


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


async def _cut_off(key: str) -> None:
    try:
        await apart(_unplug.take_off, key)
    except OSError as error:
        _log.error("medium_not_cut_off", problem=error.strerror)


def _unavailable(problem: BackendUnavailable | NotReleased) -> BackendUnavailable:
    if isinstance(problem, BackendUnavailable):
        return problem
    return BackendUnavailable("MediaGuard", problem.reason, "start the service as root")
