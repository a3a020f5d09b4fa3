"""Scans portable media on Windows: mounts a volume in the service's own folder and has a process look at it.

The guard's lock is lent for that time. The folder belongs to the system and administrators, so nobody else
comes to the volume by it. Whatever goes wrong, nothing is clean. Never ran on Windows.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.backends.scan_child import carried_out
from lamplighter_agent.backends.windows.defender import ENGINE
from lamplighter_agent.backends.windows.media_system import VolumeControl
from lamplighter_agent.backends.windows.volume_locks import VolumeLocks
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import RANK, Reason, ScanLimits, ScanOutcome, Verdict

SENSOR: Final = "scan of portable media"
COMMAND: Final = (sys.executable, "-I", "-m", "lamplighter_agent.backends.windows.scan_process")
_REMEDIES: Final = {
    Reason.ENGINE_MISSING: "switch Microsoft Defender Antivirus on",
    Reason.ENGINE_HUNG: "restart Windows",
    Reason.ENGINE_FAILED: "run MpCmdRun.exe -Scan by hand and read what it says; it has to speak English",
    Reason.ENGINE_UNFIT: "make Defender the antivirus in charge, with real-time protection on",
    Reason.SIGNATURES_MISSING: "let Defender update its signatures",
    Reason.SIGNATURES_STALE: "let Defender update its signatures, and look at the clock",
}


class DefenderScanner:
    """Fills `MediaScanner`. One scan at a time, since there is one folder."""

    name = ENGINE

    def __init__(
        self, control: VolumeControl, locks: VolumeLocks, room: Path, *, command: Sequence[str] = COMMAND
    ) -> None:
        """`room` is a folder of the service's own, made when it is needed."""
        self._control = control
        self._locks = locks
        self._room = room
        self._command = command
        self._order = Order(parent=os.getpid(), folder=str(room), clamd="", answers_within_s=0.0)
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
            left: list[Reason] = []
            try:
                async with self._mounted(volume.node, left):
                    outcome = await carried_out(self._command, order, progress)
            except FileNotFoundError:
                return ScanOutcome(reason=Reason.MEDIUM_GONE)
            except OSError:
                return ScanOutcome(reason=Reason.NOT_MOUNTABLE)
        reason = min([outcome.reason, *left], key=RANK.__getitem__)
        return replace(outcome, reason=reason)

    @contextlib.asynccontextmanager
    async def _mounted(self, volume: str, left: list[Reason]) -> AsyncIterator[None]:
        """Have a volume in the room; what is wrong behind it is put into `left`."""
        lent = self._locks.lent(volume)
        await asyncio.to_thread(lent.__enter__)
        try:
            await asyncio.to_thread(self._put_in, volume)
            try:
                yield
                left.append(await asyncio.to_thread(self._same, volume))
            finally:
                left.append(await asyncio.to_thread(self._take_out))
        finally:
            await asyncio.to_thread(lent.__exit__, None, None, None)

    def _put_in(self, volume: str) -> None:
        self._room.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._control.mounted_at(str(self._room)):
            # Of a scan that was killed.
            self._control.remove_path(str(self._room))
        self._control.mount(volume, str(self._room))

    def _same(self, volume: str) -> Reason:
        """Compare what is mounted there with what was."""
        try:
            self._control.paths_of(volume)
        except OSError:
            return Reason.MEDIUM_GONE
        same = self._control.mounted_at(str(self._room)).casefold() == volume.casefold()
        return Reason.CLEAN if same else Reason.MOUNT_CHANGED

    def _take_out(self) -> Reason:
        try:
            self._control.remove_path(str(self._room))
        except OSError:
            return Reason.STILL_MOUNTED if self._control.mounted_at(str(self._room)) else Reason.CLEAN
        return Reason.CLEAN

    async def state(self) -> SensorState:
        order = replace(self._order, ask_only=True)
        outcome = await carried_out(self._command, order, lambda _files, _size: None)
        works = outcome.verdict is Verdict.CLEAN
        return SensorState(
            sensor=SENSOR,
            working=works,
            backend=outcome.engine or self.name,
            reason="" if works else outcome.reason.value.replace("-", " "),
            remedy="" if works else _REMEDIES.get(outcome.reason, ""),
        )
