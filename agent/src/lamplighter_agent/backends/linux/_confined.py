"""Makes a process that reads what strangers wrote small: it ends with the service, has limits, and no rights.

Called by such a process of itself, before it reads anything of a medium.
"""

import contextlib
import ctypes
import os
import resource
import signal
from typing import Final

MEMORY_BYTES: Final = 512 << 20
_DESCRIPTORS: Final = 2048
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CAPABILITY_VERSION: Final = 0x20080522
CAP_DAC_READ_SEARCH: Final = 2
CAP_SYS_ADMIN: Final = 21


def end_with(parent: int) -> bool:
    """Be killed when the thread ends that started this process; False where its process is gone already."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return os.getppid() == parent


def bound() -> None:
    """Bound what this process may use, whatever it meets."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(_DESCRIPTORS, most), most))


def give_up_rights(*kept: int) -> None:
    """Keep of root's rights only these, numbers below 32, for good."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.geteuid() == 0:
        rights = sum(1 << right for right in kept)
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
        # Effective, permitted, inheritable; then the same for numbers from 32 on.
        libc.capset(header, (ctypes.c_uint32 * 6)(rights, rights, 0, 0, 0, 0))
