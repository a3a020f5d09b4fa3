"""What the kernel of macOS says of a process: proc_pidinfo of <libproc.h>, by ctypes. Never ran on a Mac."""

import ctypes
import struct
from dataclasses import dataclass
from functools import cache

_PIDTBSDINFO = 3
# pbi_flags, pbi_status, pbi_xstatus, pbi_pid, pbi_ppid of struct proc_bsdinfo (<sys/proc_info.h>).
_BSDINFO = struct.Struct("=5I")
_BYTES = 136


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFacts:
    """One process."""

    parent: int
    # SSTOP and the like of <sys/proc.h>.
    status: int
    # PROC_FLAG_TRACED and the like of <sys/proc_info.h>.
    flags: int


def facts_of(pid: int) -> ProcessFacts | None:
    """Return what is known of a process; None where there is none of that number."""
    room = ctypes.create_string_buffer(_BYTES)
    got = _library().proc_pidinfo(pid, _PIDTBSDINFO, ctypes.c_uint64(0), room, _BYTES)
    if got != _BYTES:
        return None
    flags, status, _, about, parent = _BSDINFO.unpack_from(room.raw)
    return ProcessFacts(parent=parent, status=status, flags=flags) if about == pid else None


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL("/usr/lib/libproc.dylib")
