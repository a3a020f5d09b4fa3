"""Scans portable media on a Mac with ClamAV's daemon: mounted read-only where only root looks.

The same scan as on Linux (`media/scan/`), in a process of its own. macOS has no mount that one process alone
sees, so the folder is root's. Never ran on a Mac.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.macos.media_system import Disks
from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.backends.scan_child import carried_out
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import RANK, Reason, ScanLimits, ScanOutcome, Verdict

SENSOR: Final = "scan of portable media"
# What clamd.conf has to name as LocalSocket (agent/README.md).
CLAMD: Final = Path("/Library/Lamplighter/clamav/clamd.ctl")
ROOM: Final = Path("/Library/Lamplighter/state/scan")
OPTIONS: Final = ("rdonly", "nobrowse", "noexec", "nosuid", "nodev", "noowners")
COMMAND: Final = (sys.executable, "-I", "-m", "lamplighter_agent.backends.macos.scan_process")
ANSWERS_WITHIN_S: Final = 180.0
_REMEDIES: Final = {
    Reason.ENGINE_MISSING: f"install ClamAV, with LocalSocket {CLAMD} in clamd.conf, and start clamd",
    Reason.ENGINE_HUNG: "restart clamd",
    Reason.ENGINE_FAILED: "look into clamd's log",
    Reason.ENGINE_UNFIT: "set AlertExceedsMax and AlertEncryptedArchive in clamd.conf (installers/README.md)",
    Reason.SIGNATURES_MISSING: "start freshclam",
    Reason.SIGNATURES_STALE: "start freshclam, and look at the clock",
}


class MacScanner:
    """Fills `MediaScanner`. One scan at a time, since there is one folder."""

    name = "ClamAV"

    def __init__(
        self, disks: Disks, *, clamd: Path = CLAMD, room: Path = ROOM, command: Sequence[str] = COMMAND
    ) -> None:
        self._disks = disks
        self._room = room
        self._command = command
        self._order = Order(
            parent=os.getpid(), folder=str(room), clamd=str(clamd), answers_within_s=ANSWERS_WITHIN_S
        )
        self._one_at_a_time = asyncio.Lock()

    def prepare(self) -> None:
        """Nothing is to be made ready."""

    async def scan(
        self,
        volume: Volume,
        progress: Callable[[int, int], None],
        *,
        limits: ScanLimits | None = None,
        known: str = "",
    ) -> ScanOutcome:
        order = replace(self._order, known=known, limits=limits or ScanLimits())
        async with self._one_at_a_time:
            try:
                await asyncio.to_thread(self._put_in, volume)
            except FileNotFoundError:
                return ScanOutcome(reason=Reason.MEDIUM_GONE)
            except OSError:
                return ScanOutcome(reason=Reason.NOT_MOUNTABLE)
            left = [Reason.SCANNER_FAILED]
            try:
                outcome = await carried_out(self._command, order, progress)
                left = [await asyncio.to_thread(self._same, volume)]
            finally:
                left.append(await asyncio.to_thread(self._take_out, volume))
        return replace(outcome, reason=min([outcome.reason, *left], key=RANK.__getitem__))

    def _put_in(self, volume: Volume) -> None:
        self._room.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._disks.unmount(volume.node)
        self._disks.mount(volume.node, volume.file_system, str(self._room), OPTIONS)

    def _same(self, volume: Volume) -> Reason:
        try:
            place = self._disks.mounted_at(volume.node)
        except OSError:
            return Reason.MEDIUM_GONE
        return Reason.CLEAN if place == str(self._room) else Reason.MOUNT_CHANGED

    def _take_out(self, volume: Volume) -> Reason:
        try:
            self._disks.unmount(volume.node)
        except FileNotFoundError:
            return Reason.MEDIUM_GONE
        except OSError:
            return Reason.STILL_MOUNTED
        return Reason.CLEAN

    async def state(self) -> SensorState:
        outcome = await carried_out(
            self._command, replace(self._order, ask_only=True), lambda _files, _size: None
        )
        works = outcome.verdict is Verdict.CLEAN
        return SensorState(
            sensor=SENSOR,
            working=works,
            backend=outcome.engine or self.name,
            reason="" if works else outcome.reason.value.replace("-", " "),
            remedy="" if works else _REMEDIES.get(outcome.reason, ""),
        )
