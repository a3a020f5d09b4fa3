"""What both processes ask of macOS before they read a word.

No debugger, no core file, and the hardened runtime of the signed package: with it the kernel gives no other
program of the person this process's memory, and the loader takes no library by a DYLD_ variable. Without it,
as in a build that nobody signed, that is said, and a process that finds such a variable does not go on.
"""

import os
import resource
import sys
from collections.abc import Mapping
from typing import Protocol

from lamplighter_agent.backends.macos._own_process import OwnProcess
from lamplighter_agent.backends.ports import Hardening

INJECTS = "DYLD_"
REFUSED = 2
# CS_VALID, CS_GET_TASK_ALLOW, CS_RUNTIME and CS_DEBUGGED of xnu's <kern/cs_blobs.h>.
VALID, TASK_ALLOWED, RUNTIME, DEBUGGED = 0x1, 0x4, 0x10000, 0x10000000
NOT_LOCKED = "macOS locks no whole process's memory; what it swaps it encrypts"
NOT_HARDENED = "not signed with the hardened runtime"
ATTACHED = "debuggers can't be refused"


class Kernel(Protocol):
    """The two questions about ourselves."""

    def deny_attach(self) -> bool: ...

    def code_flags(self) -> int: ...


def harden(kernel: Kernel | None = None, environment: Mapping[str, str] = os.environ) -> Hardening:
    """Harden this process and say what holds. To be called before any text is read.

    Raises `SystemExit` where a variable would have had the loader bring in somebody else's code.
    """
    if any(name.startswith(INJECTS) for name in environment):
        sys.stderr.write(f"lamplighter-agent: a variable {INJECTS}... is set; not started with it\n")
        raise SystemExit(REFUSED)
    asked = OwnProcess() if kernel is None else kernel
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    denied = asked.deny_attach()
    hardened = asked.code_flags() & (VALID | TASK_ALLOWED | RUNTIME | DEBUGGED) == VALID | RUNTIME
    missing = ["" if denied else ATTACHED, "" if hardened else NOT_HARDENED, NOT_LOCKED]
    return Hardening(
        not_dumpable=denied and hardened,
        no_core=resource.getrlimit(resource.RLIMIT_CORE) == (0, 0),
        memory_locked=False,
        reason="; ".join(filter(None, missing)),
    )
