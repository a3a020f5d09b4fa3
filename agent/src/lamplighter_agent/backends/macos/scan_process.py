"""The process that scans a portable volume: `python -I -m lamplighter_agent.backends.macos.scan_process`.

It reads what strangers wrote, so it is a process of its own that ends with the service, may use little memory
and says counts and a verdict, never a name. The scan is the one of Linux. Never ran on a Mac.
"""

import contextlib
import resource
import sys
from typing import Final

from lamplighter_agent.backends.macos.folder_place import FolderGone, MountedFolder, within
from lamplighter_agent.backends.scan_process import Said, carry_out
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome
from lamplighter_agent.media.scan.scanner import Scan

_MEMORY_BYTES: Final = 512 << 20
_DESCRIPTORS: Final = 2048


def work(order: Order, said: Said) -> ScanOutcome:
    """Carry out an order."""
    _bound()
    scan = Scan(order, said, within)
    if order.ask_only:
        return scan.asked()
    try:
        place = MountedFolder(order.folder, mounted=order.mounted)
    except FolderGone:
        return ScanOutcome(reason=Reason.MEDIUM_GONE)
    try:
        return scan.scanned(place)
    finally:
        place.leave()


def _bound() -> None:
    """Bound what this process may use, whatever it meets."""
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_DATA, _MEMORY_BYTES),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS),
    ):
        with contextlib.suppress(ValueError, OSError):
            _, hard = resource.getrlimit(limit)
            resource.setrlimit(limit, (min(most, hard) if hard >= 0 else most, hard))


if __name__ == "__main__":
    sys.exit(carry_out(work))
