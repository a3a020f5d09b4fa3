"""What judges the content of files. Pure, but for those who fill it.

An engine is asked about open descriptors, never about paths: it needs no access to the medium, what is judged
is what was opened, and no name can get into its answer or its log.
"""

from dataclasses import dataclass
from typing import Protocol

from lamplighter_agent.media.scan.outcome import Reason, ScanLimits

DAY_MS = 86_400_000
# The machine that made the signatures may have a clock a little ahead.
AHEAD_MS = 2 * DAY_MS


class EngineBroken(Exception):
    """The engine can't judge any more: it is gone, hangs or answers what it should not. `reason` says which.

    Never with a text: an engine's own words could hold anything. Ends the scan.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What an engine is like now. `reason` is CLEAN where it is fit, else why it is not."""

    reason: Reason
    # Such as "ClamAV 1.4.6".
    engine: str = ""
    # When its signatures were made, milliseconds since 1970 UTC; 0 where it doesn't say.
    signatures_at: int = 0


class Session(Protocol):
    """One thread's way to an engine, for several files at a time."""

    def begin(self, descriptor: int) -> int:
        """Have a file looked at while the caller does other things; return the number for `end`.

        The descriptor stays the caller's, who keeps it open until then.
        """
        ...

    def end(self, number: int) -> Reason:
        """Return CLEAN for an explicit OK, MALWARE, or why the file could not be judged.

        Raises:
            EngineBroken: also from `begin`.
        """
        ...

    def takes(self, size: int) -> bool:
        """Whether it looks at files of this size to the end; raises EngineBroken."""
        ...

    def close(self) -> None: ...


class Engine(Protocol):
    """A scanner for malware."""

    def readiness(self) -> Readiness:
        """Try it out; never raises."""
        ...

    def session(self) -> Session:
        """Open a way to it; raises EngineBroken."""
        ...


def fit(told: Readiness, limits: ScanLimits, now_ms: int) -> Reason:
    """Return CLEAN where an engine may be relied on: fit, with signatures of a date, and that not old."""
    if told.reason is not Reason.CLEAN:
        return told.reason
    if not told.signatures_at:
        return Reason.SIGNATURES_MISSING
    age = now_ms - told.signatures_at
    # From the future: one of the two clocks is wrong, so nothing is known of their age.
    if not -AHEAD_MS <= age <= limits.stale_days * DAY_MS:
        return Reason.SIGNATURES_STALE
    return Reason.CLEAN
