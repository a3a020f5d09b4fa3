"""Where a scanner's process can read a medium: mounted where nobody else sees it, or a folder that is there.

The mount is read-only, without programs, devices and changed identities, in a mount namespace of the
process's own: when the process ends, however it does, the mount is gone. Mounts of other processes that are
taken away meanwhile go here, too, so that no other medium is kept from being ejected.

Only file systems that are named here are mounted: each is code of the kernel's that reads what a stranger
wrote. Helper programs of file systems are not used, since one that goes on behind us would outlive us.
"""

import ctypes
import errno
import fcntl
import os
import stat
import threading
import time

from lamplighter_agent.media.scan.outcome import Reason

_CLONE_NEWNS = 0x20000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_NOATIME = 1, 2, 4, 8, 1024
_MS_REC, _MS_SLAVE = 16384, 1 << 19
_MNT_DETACH = 2
_BLKGETSIZE64 = 0x80081272
_BLKGETDISKSEQ = 0x80081280
# By udev's name: the kernel's name and options. A journal is not replayed: that would write.
FILE_SYSTEMS = {
    "vfat": ("vfat", b"utf8=1"),
    "exfat": ("exfat", b""),
    # As our rule for udev has it named (installers/linux/udev).
    "ntfs3": ("ntfs3", b""),
    "ext2": ("ext2", b""),
    "ext3": ("ext3", b"noload"),
    "ext4": ("ext4", b"noload"),
    "iso9660": ("iso9660", b""),
    "udf": ("udf", b""),
}
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_SUPERBLOCK_AT, _SUPERBLOCK_BYTES = 1024, 1024
_EXT_MAGIC = 0xEF53
_NEEDS_RECOVERY = 4
# Until an engine that just answered has closed its descriptor.
LEAVES_WITHIN_S = 10.0
_AGAIN_S = 0.01


class NoPlace(Exception):
    """The medium can't be read here; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class FolderPlace:
    """What is mounted at a folder. `mounted` false: any folder, which nobody may change meanwhile."""

    def __init__(self, folder: str, *, mounted: bool) -> None:
        """Open it; raises NoPlace."""
        self._folder = folder
        try:
            self.root = os.open(folder, _FOLDER)
            self._was = _mount_of(self.root)
            above = os.open("..", _FOLDER, dir_fd=self.root)
        except OSError:
            raise NoPlace(Reason.MEDIUM_GONE) from None
        if mounted and _mount_of(above) == self._was:
            os.close(self.root)
            raise NoPlace(Reason.MEDIUM_GONE)
        os.close(above)

    def same(self) -> Reason:
        """Compare what is mounted there with what was."""
        try:
            now = os.open(self._folder, _FOLDER)
        except OSError:
            return Reason.MEDIUM_GONE
        try:
            if _mount_of(now) == self._was and os.path.sameopenfile(now, self.root):
                return Reason.CLEAN
        except OSError:
            return Reason.MEDIUM_GONE
        finally:
            os.close(now)
        return Reason.MOUNT_CHANGED

    def leave(self) -> Reason:
        """Let go of it."""
        os.close(self.root)
        return Reason.CLEAN


class PrivateMount:
    """A volume that is mounted for this process alone. `room` is an empty folder of the agent's."""

    def __init__(self, node: str, file_system: str, room: str) -> None:
        """Mount it; raises NoPlace. One thread only may run yet."""
        if file_system not in FILE_SYSTEMS:
            raise NoPlace(Reason.FILE_SYSTEM_UNKNOWN)
        self._node = node
        self._room = os.fsencode(room)
        self._libc = ctypes.CDLL(None, use_errno=True)
        try:
            self._was = self._identity()
            if file_system.startswith("ext") and _needs_recovery(node):
                raise NoPlace(Reason.NOT_EJECTED)
        except OSError:
            raise NoPlace(Reason.MEDIUM_GONE) from None
        self.size_bytes = self._was[1]
        self._mount(*FILE_SYSTEMS[file_system])
        self.root = os.open(room, _FOLDER)
        if os.fstat(self.root).st_dev != self._was[0]:
            self.leave()
            raise NoPlace(Reason.MOUNT_CHANGED)

    def same(self) -> Reason:
        """Compare the device with what was: taken out, or another in its place, is gone."""
        try:
            return Reason.CLEAN if self._identity() == self._was else Reason.MEDIUM_GONE
        except OSError:
            return Reason.MEDIUM_GONE

    def leave(self) -> Reason:
        """Unmount it; CLEAN once nothing of us has it mounted, so that the desktop may."""
        os.close(self.root)
        pause = threading.Event()
        deadline = time.monotonic() + LEAVES_WITHIN_S
        while self._libc.umount2(self._room, 0) != 0:
            if ctypes.get_errno() != errno.EBUSY or time.monotonic() > deadline:
                self._libc.umount2(self._room, _MNT_DETACH)
                return Reason.STILL_MOUNTED
            pause.wait(_AGAIN_S)
        return Reason.CLEAN

    def _mount(self, kind: str, options: bytes) -> None:
        if self._libc.unshare(_CLONE_NEWNS) != 0:
            raise NoPlace(Reason.SCANNER_FAILED)
        if self._libc.mount(None, b"/", None, ctypes.c_ulong(_MS_REC | _MS_SLAVE), None) != 0:
            raise NoPlace(Reason.SCANNER_FAILED)
        flags = _MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC | _MS_NOATIME
        where = os.fsencode(self._node), self._room, kind.encode()
        if self._libc.mount(*where, ctypes.c_ulong(flags), options or None) != 0:
            unknown = ctypes.get_errno() == errno.ENODEV
            raise NoPlace(Reason.FILE_SYSTEM_UNKNOWN if unknown else Reason.NOT_MOUNTABLE)

    def _identity(self) -> tuple[int, int, int]:
        """Return device number, size and what the kernel counts each insertion by (0 before Linux 5.15)."""
        descriptor = os.open(self._node, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            about = os.fstat(descriptor)
            if not stat.S_ISBLK(about.st_mode):
                raise OSError(errno.ENOTBLK, "no block device")
            size = _number(descriptor, _BLKGETSIZE64)
            if size == 0:
                raise OSError(errno.ENOMEDIUM, "nothing in it")
            try:
                sequence = _number(descriptor, _BLKGETDISKSEQ)
            except OSError:
                sequence = 0
            return about.st_rdev, size, sequence
        finally:
            os.close(descriptor)


def _number(descriptor: int, request: int) -> int:
    return int.from_bytes(fcntl.ioctl(descriptor, request, bytes(8)), "little")


def _needs_recovery(node: str) -> bool:
    """Tell whether the journal holds changes: whoever mounts it to write would see other files than we do."""
    descriptor = os.open(node, os.O_RDONLY | os.O_CLOEXEC)
    try:
        block = os.pread(descriptor, _SUPERBLOCK_BYTES, _SUPERBLOCK_AT)
    finally:
        os.close(descriptor)
    if int.from_bytes(block[56:58], "little") != _EXT_MAGIC:
        raise NoPlace(Reason.NOT_MOUNTABLE)
    return bool(int.from_bytes(block[96:100], "little") & _NEEDS_RECOVERY)


def _mount_of(descriptor: int) -> int:
    """Return the kernel's number of the mount that a descriptor is on; raises OSError."""
    about = os.open(f"/proc/self/fdinfo/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        lines = os.read(about, 4096).decode().splitlines()
    finally:
        os.close(about)
    return next(int(line.split()[1]) for line in lines if line.startswith("mnt_id:"))
