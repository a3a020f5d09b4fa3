"""What both processes ask of Windows before they read a word.

Windows lets every program of a user look into any other one of that user, unless that one forbids it: so the
right to do so is taken from everybody but the system, from the process's own user too.
"""

from lamplighter_agent.backends.ports import Hardening
from lamplighter_agent.backends.windows._advapi32 import Advapi32
from lamplighter_agent.backends.windows._kernel32 import Kernel32
from lamplighter_agent.errors import BackendUnavailable

# The system may do all. Its owner and everybody else may ask for its name and wait for its end: not read its
# memory, write to it, end it or change these rights, which an owner could if nothing were said of them.
SECURITY = "D:P(A;;0x1fffff;;;SY)(A;;0x101000;;;OW)(A;;0x101000;;;AU)"
NOT_LOCKED = "Windows locks no process's memory"


def harden() -> Hardening:
    """Harden this process and say what holds. To be called before any text is read."""
    try:
        kernel32 = Kernel32()
        kernel32.no_crash_reports()
        closed = Advapi32().protect(kernel32.own_process(), SECURITY)
    except BackendUnavailable:
        return Hardening(not_dumpable=False, no_core=False, memory_locked=False, reason=NOT_LOCKED)
    return Hardening(not_dumpable=closed, no_core=True, memory_locked=False, reason=NOT_LOCKED)
