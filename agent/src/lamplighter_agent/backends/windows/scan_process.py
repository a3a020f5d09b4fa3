"""The process that scans a portable volume: `python -I -m lamplighter_agent.backends.windows.scan_process`.

It reads what strangers wrote, so it is a process of its own that ends with the service and says counts and a
verdict, never a name. It has the service's rights, which Windows does not let it give up half way.
"""

import sys

from lamplighter_agent.backends.scan_process import Said, carry_out
from lamplighter_agent.backends.windows._defender import Defender
from lamplighter_agent.backends.windows._streams import has_more_streams
from lamplighter_agent.backends.windows.media_scan import WindowsScan
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import ScanOutcome


def _work(order: Order, said: Said) -> ScanOutcome:
    scan = WindowsScan(order, said, Defender(), has_more_streams)
    return scan.asked() if order.ask_only else scan.scanned()


def main() -> int:
    """Scan as ordered; return the exit code."""
    return carry_out(_work)


if __name__ == "__main__":
    sys.exit(main())
