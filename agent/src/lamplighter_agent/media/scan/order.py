"""What a scanner's process is told and what it says: one line of JSON in, lines of JSON out. Pure.

In: an `Order`. Out: any number of `{"files": n, "bytes": n}`, and at the end `{"outcome": ...}`. Nothing else
is ever written, so no name can get out that way either.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from lamplighter_agent.media.scan.outcome import Reason, ScanLimits, ScanOutcome

LONGEST_LINE = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One scan. Paths are the agent's own and the system's, never of a file on the medium."""

    # The process that gave the order: without it there is nobody to tell.
    parent: int
    # A block device and the file system on it; mounted where nobody else can see it.
    node: str = ""
    file_system: str = ""
    # An empty folder of the agent's to mount it in.
    room: str = ""
    # Or what is mounted already.
    folder: str = ""
    # Of `folder`: it must be a place where something is mounted.
    mounted: bool = True
    # The digest of a receipt that still holds.
    known: str = ""
    clamd: str
    answers_within_s: float
    # Where a school keeps rules of its own for yara-x; "" for none.
    rules: str = ""
    # Only to say whether a scan could be clean now.
    ask_only: bool = False
    limits: ScanLimits = field(default_factory=ScanLimits)

    def line(self) -> bytes:
        """Return the line that `order_in` reads."""
        return json.dumps(asdict(self)).encode() + b"\n"


def order_in(line: bytes) -> Order:
    """Read an order; raises ValueError, KeyError or TypeError where it is none."""
    told: dict[str, Any] = json.loads(line)
    return Order(**{**told, "limits": ScanLimits(**told["limits"])})


def progress_line(files: int, size: int) -> bytes:
    return json.dumps({"files": files, "bytes": size}).encode() + b"\n"


def outcome_line(outcome: ScanOutcome) -> bytes:
    return json.dumps({"outcome": outcome.to_json()}).encode() + b"\n"


def said(line: bytes) -> ScanOutcome | tuple[int, int]:
    """Read a scanner's line: files and bytes so far, or the outcome. What is neither is a failed scanner."""
    try:
        told: Mapping[str, Any] = json.loads(line)
        if "outcome" in told:
            return ScanOutcome.from_json(told["outcome"])
        return int(told["files"]), int(told["bytes"])
    except (ValueError, KeyError, TypeError):
        return ScanOutcome(reason=Reason.SCANNER_FAILED)
