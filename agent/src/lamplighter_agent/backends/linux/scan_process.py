"""The process that scans one portable medium: `python -I -m lamplighter_agent.backends.linux.scan_process`.

It reads what strangers wrote: a file system, archives. So it is a process of its own that ends with the
agent, may use little memory, has given up every right of root but to read all files and to unmount, and says
nothing but counts and a verdict. Its order comes on standard input, one line; what it says is lines of JSON
(`media/scan/order.py`). It starts anew for each medium, so it imports little.
"""

import os
import sys
from dataclasses import replace

from lamplighter_agent.backends.linux import _confined
from lamplighter_agent.backends.linux._scan_place import FolderPlace, NoPlace, PrivateMount
from lamplighter_agent.backends.linux._within import within
from lamplighter_agent.media.scan.order import LONGEST_LINE, Order, order_in, outcome_line, progress_line
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome, gravest
from lamplighter_agent.media.scan.scanner import Scan


def main() -> int:
    """Scan as ordered; 0 where there is an outcome."""
    order = order_in(sys.stdin.buffer.readline(LONGEST_LINE))
    if not _confined.end_with(order.parent):
        return 1
    _confined.bound()
    _say(outcome_line(_outcome(order)))
    return 0


def _outcome(order: Order) -> ScanOutcome:
    scan = Scan(order, lambda files, size: _say(progress_line(files, size)), within)
    try:
        if order.ask_only:
            return scan.asked()
        place = _place(order)
    except NoPlace as none:
        return ScanOutcome(reason=none.reason)
    _confined.give_up_rights(_confined.CAP_DAC_READ_SEARCH, _confined.CAP_SYS_ADMIN)
    try:
        outcome = scan.scanned(place)
    except MemoryError:
        outcome = ScanOutcome(reason=Reason.OUT_OF_MEMORY)
    except Exception:  # noqa: BLE001 - its text may hold a name; the medium must be let go of all the same
        outcome = ScanOutcome(reason=Reason.SCANNER_FAILED)
    return replace(outcome, reason=gravest(outcome.reason, place.leave()))


def _place(order: Order) -> FolderPlace | PrivateMount:
    if order.folder:
        return FolderPlace(order.folder, mounted=order.mounted)
    return PrivateMount(order.node, order.file_system, order.room)


def _say(line: bytes) -> None:
    os.write(sys.stdout.fileno(), line)


if __name__ == "__main__":
    sys.exit(main())
