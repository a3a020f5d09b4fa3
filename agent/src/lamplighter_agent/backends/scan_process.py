"""The other end of `scan_child`: the process that scans, as macOS and Windows start it.

Its order comes on standard input, one line; what it says is lines of JSON (`media/scan/order.py`), counts and
a verdict and no name. It ends with whoever started it: the input ends then, whatever the scan is doing.
"""

import os
import sys
import threading
from collections.abc import Callable

from lamplighter_agent.media.scan.order import LONGEST_LINE, Order, order_in, outcome_line, progress_line
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome

Said = Callable[[int, int], None]
Work = Callable[[Order, Said], ScanOutcome]


def carry_out(work: Work) -> int:
    """Scan as ordered; 0 where there is an outcome."""
    try:
        order = order_in(sys.stdin.buffer.readline(LONGEST_LINE))
    except (ValueError, KeyError, TypeError):
        return 1
    threading.Thread(target=_end_with_input, name="who started us", daemon=True).start()
    try:
        outcome = work(order, lambda files, size: _say(progress_line(files, size)))
    except MemoryError:
        outcome = ScanOutcome(reason=Reason.OUT_OF_MEMORY)
    except Exception:  # noqa: BLE001 - its text may hold a name
        outcome = ScanOutcome(reason=Reason.SCANNER_FAILED)
    _say(outcome_line(outcome))
    # Not by the ordinary way: that would wait for the thread's hold of standard input.
    os._exit(0)


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), LONGEST_LINE):
        pass
    os._exit(1)


def _say(line: bytes) -> None:
    os.write(sys.stdout.fileno(), line)
