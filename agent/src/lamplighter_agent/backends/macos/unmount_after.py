"""Unmounts what the service released, when the service has ended: by itself, by a crash, by a kill.

The kernel of a Mac ties no mount to a process. So this small process waits for the end of the service and
then does it (`posix/until_end.py`); each name is a volume's. Never ran on a Mac.
"""

import sys
from collections.abc import Sequence
from typing import Final

from lamplighter_agent.backends.posix.until_end import kept_at_the_end

PROCESS: Final = (sys.executable, "-I", "-m", "lamplighter_agent.backends.macos.unmount_after")
COMMAND: Final = ("/usr/sbin/diskutil", "unmount", "force")
_UNMOUNTS_WITHIN_S: Final = 60.0


def unmount(names: Sequence[str], command: Sequence[str] = COMMAND) -> int:
    """Unmount each that is the name of a volume; 0 where all were, else 1."""
    import re  # noqa: PLC0415 - not as long as it waits
    import subprocess  # noqa: PLC0415 - as above

    failed = 0
    for name in names:
        if not re.fullmatch(r"disk\d+(?:s\d+)*", name):
            continue
        try:
            done = subprocess.run([*command, name], check=False, timeout=_UNMOUNTS_WITHIN_S)
            failed += bool(done.returncode)
        except (OSError, subprocess.TimeoutExpired):
            failed += 1
    return min(failed, 1)


def main() -> int:
    """Wait, then unmount, by another command where one is given."""
    return unmount(kept_at_the_end(), sys.argv[1:] or COMMAND)


if __name__ == "__main__":
    sys.exit(main())
