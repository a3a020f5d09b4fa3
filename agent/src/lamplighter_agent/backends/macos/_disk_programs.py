"""Disks of a Mac by macOS' own programs: diskutil, ioreg, mount. Never ran on a Mac."""

import contextlib
import os
import plistlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.parsers.expat import ExpatError

from lamplighter_agent.backends.macos._programs import output_of
from lamplighter_agent.backends.macos.media_system import Account, Plist

ROOT: Final = Path("/Library/Lamplighter/media")
ANSWERS_WITHIN_S: Final = 60.0
_DISKUTIL: Final = "/usr/sbin/diskutil"
_KERNEL_NAMES: Final = {"vfat": "msdos"}
_RIGHTS: Final = "list,search,readattr,readextattr,readsecurity"


class DiskPrograms:
    """Fills `Disks`."""

    def registry(self) -> Plist:
        # Nothing is printed where there is no USB device.
        return _plist(_run("/usr/sbin/ioreg", "-a", "-r", "-l", "-w", "0", "-c", "IOUSBHostDevice")) or []

    def listed(self) -> Plist:
        return _plist(_run(_DISKUTIL, "list", "-plist"))

    def about(self, name: str) -> Plist:
        told = _plist(_run(_DISKUTIL, "info", "-plist", name))
        if not isinstance(told, dict) or told.get("Error"):
            raise FileNotFoundError(2, "no such disk")
        return told

    def mount(self, name: str, file_system: str, folder: str, options: Sequence[str]) -> None:
        kind = _KERNEL_NAMES.get(file_system, file_system)
        _run("/sbin/mount", "-t", kind, "-o", ",".join(options), f"/dev/{name}", folder, strict=True)

    def unmount(self, name: str) -> None:
        if self.mounted_at(name):
            _run(_DISKUTIL, "unmount", "force", name, strict=True)

    def mounted_at(self, name: str) -> str:
        return str(self.about(name).get("MountPoint") or "")

    def private_folder(self, account: Account) -> str:
        place = ROOT / account.name
        ROOT.mkdir(mode=0o755, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            place.mkdir(mode=0o700)
        descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(descriptor).st_uid != 0:
                raise PermissionError(13, "the folder for media is somebody else's")
            os.fchmod(descriptor, 0o700)
        finally:
            os.close(descriptor)
        # Whatever rights of single accounts were there before, then this one's.
        _run("/bin/chmod", "-N", str(place), strict=True)
        _run("/bin/chmod", "+a", f"user:{account.name} allow {_RIGHTS}", str(place), strict=True)
        return str(place)


def _run(*command: str, strict: bool = False) -> bytes:
    return output_of(*command, within_s=ANSWERS_WITHIN_S, strict=strict)


def _plist(printed: bytes) -> Plist:
    if not printed.strip():
        return None
    try:
        return plistlib.loads(printed)
    except (plistlib.InvalidFileException, ExpatError, ValueError) as error:
        raise OSError(5, "no property list was printed") from error
