"""Withdraws what the service released, when the service has ended: by itself, by a crash, by a kill.

A lock ends with the service, so nothing more can be mounted then; but the kernel ties no mount to a process,
and the second layer (`media_fanotify`) ends with the service. So this small process waits for that end
(`posix/until_end.py`) and then does what withdrawing does (`_withdrawing`). It has loaded that before: at the
end it would take seconds on a slow computer, where the service starts anew and a person's programs go on.

What a unit of systemd's has to leave it: `KillMode=process`, or `control-group` (the default) with a
`TimeoutStopSec=` of at least 60 s, as it takes no SIGTERM for an end; never `mixed`, which would kill it
together with the service. CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_KILL and CAP_DAC_OVERRIDE; where the unit gives
the service a mount namespace of its own CAP_SYS_CHROOT, too, and no `RestrictNamespaces=`, so that it comes
into the system's. umount2 and setns, and a writable /run/lamplighter-media. Where one is missing and a mount
stays, it takes the device off the system instead.
"""

import sys
from typing import Final

from lamplighter_agent.backends.linux import _withdrawing
from lamplighter_agent.backends.posix.until_end import kept_at_the_end

PROCESS: Final = (sys.executable, "-I", "-m", "lamplighter_agent.backends.linux.withdraw_after")
# Behind the file that it locks by being there (`posix/keeper.py`).
_FIRST_OF_OTHERS: Final = 4


def main() -> int:
    """Wait, then withdraw; the folder of release files is its argument."""
    lines = kept_at_the_end(_FIRST_OF_OTHERS)
    return _withdrawing.withdraw(lines, sys.argv[1])


if __name__ == "__main__":
    sys.exit(main())
