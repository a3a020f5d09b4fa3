"""Scans portable media on a Mac with ClamAV's daemon: mounted read-only where only root looks.

The same scan as on Linux (`media/scan/`), in a process of its own (`room_scanner`). Never ran on a Mac.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.macos.media_system import Disks
from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.backends.room_scanner import RoomScanner
from lamplighter_agent.backends.scanner_state import clamav_remedies
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import Reason

# What clamd.conf has to name as LocalSocket (agent/README.md).
CLAMD: Final = Path("/Library/Lamplighter/clamav/clamd.ctl")
ROOM: Final = Path("/Library/Lamplighter/state/scan")
OPTIONS: Final = ("rdonly", "nobrowse", "noexec", "nosuid", "nodev", "noowners")
COMMAND: Final = (sys.executable, "-I", "-m", "lamplighter_agent.backends.macos.scan_process")
ANSWERS_WITHIN_S: Final = 180.0
_REMEDIES: Final = clamav_remedies(
    install=f"install ClamAV, with LocalSocket {CLAMD} in clamd.conf, and start clamd",
    daemon="clamd",
    updater="freshclam",
)


def mac_scanner(
    disks: Disks, *, clamd: Path = CLAMD, room: Path = ROOM, command: Sequence[str] = COMMAND
) -> RoomScanner:
    """Return what fills `MediaScanner` on a Mac."""
    order = Order(parent=os.getpid(), folder=str(room), clamd=str(clamd), answers_within_s=ANSWERS_WITHIN_S)
    return RoomScanner(_MacRoom(disks, room), order, command, engine="ClamAV", remedies=_REMEDIES)


class _MacRoom:
    """Fills `Room`: root's folder, where nothing holds the volume but the mount."""

    def __init__(self, disks: Disks, folder: Path) -> None:
        self._disks = disks
        self._folder = folder

    def put_in(self, volume: Volume) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._disks.unmount(volume.node)
        self._disks.mount(volume.node, volume.file_system, str(self._folder), OPTIONS)

    def same(self, volume: Volume) -> Reason:
        try:
            place = self._disks.mounted_at(volume.node)
        except OSError:
            return Reason.MEDIUM_GONE
        return Reason.CLEAN if place == str(self._folder) else Reason.MOUNT_CHANGED

    def take_out(self, volume: Volume) -> Reason:
        try:
            self._disks.unmount(volume.node)
        except FileNotFoundError:
            return Reason.MEDIUM_GONE
        except OSError:
            return Reason.STILL_MOUNTED
        return Reason.CLEAN
