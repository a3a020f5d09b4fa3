"""Scans portable media on Windows: mounts a volume in the service's own folder and has a process look at it.

The guard's lock is lent for that time. The folder belongs to the system and administrators, so nobody else
comes to the volume by it (`room_scanner`). Never ran on Windows.
"""

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.backends.room_scanner import RoomScanner
from lamplighter_agent.backends.windows.defender import ENGINE
from lamplighter_agent.backends.windows.media_system import VolumeControl
from lamplighter_agent.backends.windows.volume_locks import VolumeLocks
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import Reason

COMMAND: Final = (sys.executable, "-I", "-m", "lamplighter_agent.backends.windows.scan_process")
_REMEDIES: Final = {
    Reason.ENGINE_MISSING: "switch Microsoft Defender Antivirus on",
    Reason.ENGINE_HUNG: "restart Windows",
    Reason.ENGINE_FAILED: "run MpCmdRun.exe -Scan by hand and read what it says; it has to speak English",
    Reason.ENGINE_UNFIT: "make Defender the antivirus in charge, with real-time protection on",
    Reason.SIGNATURES_MISSING: "let Defender update its signatures",
    Reason.SIGNATURES_STALE: "let Defender update its signatures, and look at the clock",
}


def defender_scanner(
    control: VolumeControl, locks: VolumeLocks, room: Path, *, command: Sequence[str] = COMMAND
) -> RoomScanner:
    """Return what fills `MediaScanner` on Windows; `room` is a folder of the service's own."""
    order = Order(parent=os.getpid(), folder=str(room), clamd="", answers_within_s=0.0)
    return RoomScanner(_WindowsRoom(control, locks, room), order, command, engine=ENGINE, remedies=_REMEDIES)


class _WindowsRoom:
    """Fills `Room`."""

    def __init__(self, control: VolumeControl, locks: VolumeLocks, folder: Path) -> None:
        self._control = control
        self._locks = locks
        self._folder = folder
        # The guard's lock of what is in.
        self._lent = contextlib.ExitStack()

    def put_in(self, volume: Volume) -> None:
        self._lent.enter_context(self._locks.lent(volume.node))
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._control.mounted_at(str(self._folder)):
            # Of a scan that was killed.
            self._control.remove_path(str(self._folder))
        self._control.mount(volume.node, str(self._folder))

    def same(self, volume: Volume) -> Reason:
        try:
            self._control.paths_of(volume.node)
        except OSError:
            return Reason.MEDIUM_GONE
        same = self._control.mounted_at(str(self._folder)).casefold() == volume.node.casefold()
        return Reason.CLEAN if same else Reason.MOUNT_CHANGED

    def take_out(self, volume: Volume) -> Reason:  # noqa: ARG002 - whatever is in
        with self._lent:
            try:
                self._control.remove_path(str(self._folder))
            except OSError:
                return Reason.STILL_MOUNTED if self._control.mounted_at(str(self._folder)) else Reason.CLEAN
            return Reason.CLEAN
