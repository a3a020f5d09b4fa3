"""Unmounts what the service released, when the service has ended: by itself, by a crash, by a kill.

The kernel of a Mac ties no mount to a process. So this small process waits for the end of its standard input,
which the service holds, and then does it: `python -I -m lamplighter_agent.backends.macos.unmount_after`. Each
line before that is a volume's name with a plus or a minus in front. Never ran on a Mac.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import Final

COMMAND: Final = ("/usr/sbin/diskutil", "unmount", "force")
_NAME: Final = re.compile(r"disk\d+(?:s\d+)*")
_UNMOUNTS_WITHIN_S: Final = 60.0


def kept(lines: Iterable[str]) -> list[str]:
    """Return the volumes that were named last with a plus, in the order they were. Pure."""
    found: dict[str, None] = {}
    for line in lines:
        sign, name = line[:1], line[1:].strip()
        if sign == "+" and _NAME.fullmatch(name):
            found[name] = None
        elif sign == "-":
            found.pop(name, None)
    return list(found)


def main(command: Sequence[str] = COMMAND) -> int:
    """Wait, then unmount; 0 where each was."""
    failed = 0
    for name in kept(sys.stdin):
        try:
            failed += bool(
                subprocess.run([*command, name], check=False, timeout=_UNMOUNTS_WITHIN_S).returncode
            )
        except (OSError, subprocess.TimeoutExpired):
            failed += 1
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or COMMAND))
