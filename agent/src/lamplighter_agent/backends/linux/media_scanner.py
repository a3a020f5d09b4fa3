"""Scans portable media on Linux: starts a process for each scan and hears what it says.

Started by vfork and exec, never by a plain fork, since gRPC runs in this process. It is heard on the loop,
without a thread. Whatever it does (end without an outcome, fall silent, say what is none), nothing is clean.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lamplighter_agent.backends.linux._engine_absent import explained
from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.backends.scanner_state import clamav_remedies, state_of
from lamplighter_agent.media.scan.order import LONGEST_LINE, Order, said
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits, ScanOutcome

CLAMD = Path("/run/clamav/clamd.ctl")
ROOM = Path("/run/lamplighter/scan")
# Beyond what clamd itself takes for one file (MaxScanTime, two minutes by default).
ANSWERS_WITHIN_S = 180.0
# Beyond what reading and judging the largest file takes on a slow stick.
SILENT_AT_MOST_S = 900.0
ENDS_WITHIN_S = 1.0
# A process without an order: longer than it takes from a medium's being put in to the decision to scan it.
WAITS_S = 30.0
_COMMAND = (sys.executable, "-I", "-m", "lamplighter_agent.backends.linux.scan_process")
_REMEDIES = clamav_remedies(
    install="install clamav-daemon and start it", daemon="clamav-daemon", updater="clamav-freshclam"
)


class ClamavScanner:
    """Fills `MediaScanner`."""

    name = "ClamAV"

    def __init__(
        self,
        *,
        clamd: Path = CLAMD,
        room: Path = ROOM,
        rules: Path | None = None,
        silent_at_most_s: float = SILENT_AT_MOST_S,
    ) -> None:
        """Take clamd's socket, an empty folder to mount in, and a school's folder of YARA rules if any."""
        self._room = room
        self._waiting: _Process | None = None
        self._silent_at_most_s = silent_at_most_s
        self._order = Order(
            parent=os.getpid(),
            clamd=str(clamd),
            rules="" if rules is None else str(rules),
            room=str(room),
            answers_within_s=ANSWERS_WITHIN_S,
        )

    def prepare(self) -> None:
        """Start a process that waits for its order: the start takes a third as long as a small scan."""
        if self._waiting is None:
            with contextlib.suppress(OSError):
                self._waiting = _Process(self._unwanted)

    def _unwanted(self, process: "_Process") -> None:
        if self._waiting is process:
            self._waiting = None

    async def scan(
        self,
        volume: Volume,
        progress: Callable[[int, int], None],
        *,
        limits: ScanLimits | None = None,
        known: str = "",
    ) -> ScanOutcome:
        try:
            self._room.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            return ScanOutcome(reason=Reason.NOT_MOUNTABLE)
        order = replace(self._order, node=volume.node, file_system=volume.file_system, known=known)
        return await self.run(replace(order, limits=limits or ScanLimits()), progress)

    async def scan_folder(
        self, folder: Path, progress: Callable[[int, int], None], *, mounted: bool = True, known: str = ""
    ) -> ScanOutcome:
        """Scan what is mounted at a folder already; `mounted` false: any folder."""
        return await self.run(
            replace(self._order, folder=str(folder), mounted=mounted, known=known), progress
        )

    async def state(self, limits: ScanLimits | None = None) -> SensorState:
        order = replace(self._order, ask_only=True, limits=limits or ScanLimits())
        outcome = await self.run(order, lambda _files, _size: None)
        told = state_of(outcome, self.name, _REMEDIES)
        clamd = Path(order.clamd)
        return explained(told, outcome.reason, clamd, usual=clamd == CLAMD)

    async def run(self, order: Order, progress: Callable[[int, int], None]) -> ScanOutcome:
        """Have an order carried out."""
        try:
            process = (None if order.ask_only else self._waiting) or _Process(self._unwanted)
        except OSError:
            return ScanOutcome(reason=Reason.SCANNER_FAILED)
        self._unwanted(process)
        process.give(order, progress, self._silent_at_most_s)
        try:
            return await process.outcome
        finally:
            process.end()
            # Killed it ends at once, but where the kernel waits for a medium that doesn't answer.
            await asyncio.wait({process.ended}, timeout=ENDS_WITHIN_S)


class _Process:
    """A process that scans once, when it is given an order. On the loop."""

    def __init__(self, unwanted: Callable[["_Process"], None]) -> None:
        """Start it; `unwanted` is called where it ended, or waited too long, without an order."""
        self._loop = asyncio.get_running_loop()
        self._unwanted = unwanted
        self._progress: Callable[[int, int], None] = _unheard
        self._heard = b""
        self.outcome: asyncio.Future[ScanOutcome] = self._loop.create_future()
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self._process = subprocess.Popen(  # vfork: no preexec_fn, no user or group arguments
            _COMMAND,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"},
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._ear = self._process.stdout.fileno()
        os.set_blocking(self._ear, False)
        self._loop.add_reader(self._ear, self._hear)
        self._silent_at_most_s = WAITS_S
        self._patience = self._loop.call_later(WAITS_S, self.end)
        self._handle = os.pidfd_open(self._process.pid)
        self._loop.add_reader(self._handle, self._reap)

    def give(self, order: Order, progress: Callable[[int, int], None], silent_at_most_s: float) -> None:
        """Have it scan; `outcome` follows."""
        self._progress, self._silent_at_most_s = progress, silent_at_most_s
        self._patience.cancel()
        self._patience = self._loop.call_later(silent_at_most_s, self._silent)
        assert self._process.stdin is not None
        # Where it has ended already its silence says so.
        with contextlib.suppress(OSError), self._process.stdin as mouth:
            # Less than a pipe holds.
            mouth.write(order.line())

    def end(self) -> None:
        """Have it end and take its mount with it. It is reaped when it has."""
        self._unwanted(self)
        self._patience.cancel()
        self._deafen()
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def _hear(self) -> None:
        try:
            more = os.read(self._ear, LONGEST_LINE)
        except BlockingIOError:
            return
        self._heard += more
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            self._take(line)
        if not more or len(self._heard) > LONGEST_LINE:
            self._is(ScanOutcome(reason=Reason.SCANNER_FAILED))

    def _take(self, line: bytes) -> None:
        told = said(line)
        if isinstance(told, ScanOutcome):
            self._is(told)
        elif not self.outcome.done():
            self._patience.cancel()
            self._patience = self._loop.call_later(self._silent_at_most_s, self._silent)
            self._progress(*told)

    def _silent(self) -> None:
        self._is(ScanOutcome(reason=Reason.SCANNER_HUNG))

    def _is(self, outcome: ScanOutcome) -> None:
        self._unwanted(self)
        self._deafen()
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def _deafen(self) -> None:
        if self._ear >= 0:
            self._loop.remove_reader(self._ear)
            self._ear = -1
            assert self._process.stdout is not None
            self._process.stdout.close()

    def _reap(self) -> None:
        self._loop.remove_reader(self._handle)
        os.close(self._handle)
        self._process.wait()
        if not self.ended.done():
            self.ended.set_result(None)


def _unheard(_files: int, _size: int) -> None:
    """Nobody asked yet."""
