"""What both processes ask of the Linux kernel before they read a word.

Not dumpable (no core file, no tracing and no /proc memory for others of the same user), no core size, and
memory that never reaches the swap where the limit allows it. Each is tried and reported by itself; `status`
shows what holds. We don't claim that Python erases its copies of a text.
"""

import contextlib
import ctypes
import os
import resource
from pathlib import Path

from lamplighter_agent.backends.ports import Hardening

_PR_SET_PDEATHSIG = 1
_PR_GET_DUMPABLE = 3
_PR_SET_DUMPABLE = 4
_MCL_CURRENT = 1
_MCL_FUTURE = 2
# Lock pages as they are touched: without it every mapped library would be read in whole.
_MCL_ONFAULT = 4


def harden() -> Hardening:
    """Harden this process and say what holds. To be called before any text is read."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    # As root this holds, and a helper that root starts inherits it; others keep the limit they have.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    reason = _lock_memory(libc)
    return Hardening(
        not_dumpable=libc.prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 0,
        no_core=resource.getrlimit(resource.RLIMIT_CORE) == (0, 0),
        memory_locked=not reason,
        reason=reason,
    )


def die_with_parent(signal_number: int) -> None:
    """Ask for a signal when the process that started us ends.

    The kernel forgets the wish when the user changes, so it is made after `setpriv` is done. A parent that
    ended before this call shows as a closed socket.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def swap_forbidden(cgroup: Path | None = None) -> bool:
    """Tell whether the unit forbids swap to this process's control group (MemorySwapMax=0)."""
    folder = _own_cgroup() if cgroup is None else cgroup
    if folder is None:
        return False
    try:
        return (folder / "memory.swap.max").read_text(encoding="ascii").strip() == "0"
    except OSError:
        return False


def _lock_memory(libc: ctypes.CDLL) -> str:
    """Lock what we have and will have, or return why not: a finite limit would later fail allocations."""
    soft, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if soft != resource.RLIM_INFINITY:
        return f"the limit of locked memory is {soft} bytes"
    if libc.mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT) != 0:
        return os.strerror(ctypes.get_errno())
    return ""


def _own_cgroup() -> Path | None:
    try:
        for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
            if line.startswith("0::/"):
                return Path("/sys/fs/cgroup") / line.removeprefix("0::/")
    except OSError:
        return None
    return None
