"""One scan of one medium, from the first question to the engine to the last look at the medium.

Runs in a process of its own (`backends/linux/scan_process.py`), which holds the medium where nobody else sees
it. Every way out of here is an outcome; the only clean ones are at the end of `scanned` and in `_unchanged`.
"""

from dataclasses import replace
from typing import Protocol

from lamplighter_agent.media.scan.engine import EngineBroken
from lamplighter_agent.media.scan.engines import Engines
from lamplighter_agent.media.scan.inside import look_inside
from lamplighter_agent.media.scan.judging import Judge
from lamplighter_agent.media.scan.looking import Looking, Progress
from lamplighter_agent.media.scan.order import Order
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome
from lamplighter_agent.media.scan.tally import Tally
from lamplighter_agent.media.scan.tree import Walk, Within


class Place(Protocol):
    """Where the medium can be read."""

    # Its open root folder.
    root: int

    def same(self) -> Reason:
        """Return CLEAN while it is still the medium that it was at the start, else what became of it."""
        ...


class Scan:
    """One scan as an order asks for it."""

    def __init__(self, order: Order, told: Progress, within: Within) -> None:
        self._order = order
        self._told = told
        self._within = within
        self._engines = Engines(order)

    def asked(self) -> ScanOutcome:
        """Return CLEAN where a scan could be clean now, without a medium."""
        ready = self._engines.readiness()
        return ScanOutcome(reason=ready.reason, engine=ready.engine, signatures_at=ready.signatures_at)

    def scanned(self, place: Place) -> ScanOutcome:
        """Look through a medium."""
        if self._order.known and (unchanged := self._unchanged(place)) is not None:
            return unchanged
        ready = self._engines.readiness()
        if ready.reason is not Reason.CLEAN:
            return ScanOutcome(reason=ready.reason, engine=ready.engine, signatures_at=ready.signatures_at)
        try:
            judge = Judge(self._engines.sessions(), look_inside)
        except EngineBroken as broken:
            return ScanOutcome(reason=broken.reason, engine=ready.engine, signatures_at=ready.signatures_at)
        tally = self._through(place, judge)
        # With other signatures than at the start, or with none any more, nobody knows who judged what.
        tally.because(self._engines.readiness().reason)
        tally.because(place.same())
        return tally.outcome(engine=ready.engine, signatures_at=ready.signatures_at)

    def _unchanged(self, place: Place) -> ScanOutcome | None:
        """Read everything, and return that it is as it was known to be; None where it isn't."""
        tally = self._through(place, Judge((), look_inside))
        tally.because(place.same())
        outcome = tally.outcome()
        if outcome.reason is not Reason.CLEAN or outcome.digest != self._order.known:
            return None
        return replace(outcome, reason=Reason.UNCHANGED)

    def _through(self, place: Place, judge: Judge) -> Tally:
        try:
            return Looking(judge, self._told).through(Walk(place.root, self._order.limits, self._within))
        finally:
            judge.close()
