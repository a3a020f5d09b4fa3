"""What the agent costs this device, by the kernel's account of its processes. For `top`.

CPU is time on a processor, in per cent of one core; wake-ups are voluntary context switches
(proc_pid_status(5)), those of gRPC's threads apart from ours; memory is the proportional set size, of which a
page that several processes share counts only in part. The kernel tells that one to root alone.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One process. `pss_mb` is None where the kernel does not tell.

    `wakeups_per_s` are those of our own threads, `other_wakeups_per_s` of those that libraries start.
    """

    process: str
    pid: int
    cpu_percent: float
    pss_mb: float | None
    wakeups_per_s: float
    other_wakeups_per_s: float
    threads: int


@dataclass(frozen=True, slots=True)
class _Account:
    at: float
    cpu_seconds: float
    own: int
    others: int


def is_ours(pid: int, thread: int, name: str) -> bool:
    """Tell our threads (the main one, the spool's) from those that gRPC's core starts for itself."""
    return pid == thread or name.startswith("spool")


def processes_of(service: int) -> dict[int, str]:
    """Return the service and its session helpers, by process id; empty where it does not run."""
    found = {}
    try:
        process = psutil.Process(service)
        found[service] = "service"
        for child in process.children():
            if "session" in _command(child):
                found[child.pid] = "session helper"
    except psutil.Error:
        return found
    return found


def costs(processes: Mapping[int, str], seconds: float) -> Sequence[Cost]:
    """Measure for so many seconds; a process that ended meanwhile is left out."""
    before = {pid: account for pid in processes if (account := _account(pid)) is not None}
    threading.Event().wait(seconds)
    found = []
    for pid, first in before.items():
        last = _account(pid)
        if last is None:
            continue
        took = max(last.at - first.at, 1e-6)
        found.append(
            Cost(
                process=processes[pid],
                pid=pid,
                cpu_percent=round(100 * (last.cpu_seconds - first.cpu_seconds) / took, 2),
                pss_mb=_pss_mb(pid),
                # A thread that ended takes its count along.
                wakeups_per_s=round(max(0, last.own - first.own) / took, 2),
                other_wakeups_per_s=round(max(0, last.others - first.others) / took, 2),
                threads=len(list(_threads(pid))),
            )
        )
    return found


def _account(pid: int) -> _Account | None:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return None
    counts = {True: 0, False: 0}
    for thread in _threads(pid):
        name, wakeups = _wakeups(thread)
        counts[is_ours(pid, int(thread.name), name)] += wakeups
    return _Account(time.monotonic(), times.user + times.system, own=counts[True], others=counts[False])


def _threads(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


def _wakeups(thread: Path) -> tuple[str, int]:
    """Return a thread's name and its count; neither where it has ended."""
    try:
        lines = (thread / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "", 0
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    return told.get("Name", "").strip(), int(told.get("voluntary_ctxt_switches", "0"))


def _pss_mb(pid: int) -> float | None:
    try:
        return round(psutil.Process(pid).memory_full_info().pss / _MB, 1)
    except (psutil.Error, OSError, AttributeError):
        return None


def _command(process: psutil.Process) -> Sequence[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return ()
