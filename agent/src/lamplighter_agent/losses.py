"""Counts what was lost until it is stored: nothing is silent, and a flood costs no flood of writes.

The first loss of a kind is due at once; what follows within the pause is added up and due when it is over.
Pure.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.detection import Loss

PAUSE = timedelta(seconds=30)
# What a helper may claim at once: its word is input like any other.
MOST_AT_ONCE = 100_000

Reason: TypeAlias = pb.LossNotice.Reason.ValueType


@dataclass(slots=True, kw_only=True)
class _Tally:
    count: int
    first: datetime
    last: datetime


class LossLedger:
    """Losses by reason, on their way into the spool."""

    def __init__(self) -> None:
        self._waiting: dict[Reason, _Tally] = {}
        self._taken_at: dict[Reason, datetime] = {}
        self._totals: dict[str, int] = {}

    @property
    def totals(self) -> dict[str, int]:
        """Return how much was lost since the start, by the name of the reason."""
        return dict(self._totals)

    def add(self, reason: Reason, at: datetime, count: int = 1) -> None:
        """Count a loss; a reason that this version does not know counts as unspecified."""
        known = reason if reason in pb.LossNotice.Reason.values() else pb.LossNotice.REASON_UNSPECIFIED
        count = min(count, MOST_AT_ONCE)
        if count <= 0:
            return
        name = pb.LossNotice.Reason.Name(known)
        self._totals[name] = self._totals.get(name, 0) + count
        tally = self._waiting.setdefault(known, _Tally(count=0, first=at, last=at))
        tally.count += count
        tally.last = at

    def take(self, now: datetime, *, everything: bool = False) -> list[Loss]:
        """Return the losses to store now, or all of them before a stop; they leave the ledger."""
        ready = [reason for reason in self._waiting if everything or self._due_at(reason, now) <= now]
        return [self._leave(reason, now) for reason in ready]

    def wait_seconds(self, now: datetime) -> float | None:
        """Return how long until something is due; None when nothing waits."""
        waits = [(self._due_at(reason, now) - now).total_seconds() for reason in self._waiting]
        return max(0.0, min(waits)) if waits else None

    def _due_at(self, reason: Reason, now: datetime) -> datetime:
        taken = self._taken_at.get(reason)
        # A clock that was set back must not silence a loss.
        return now if taken is None or taken > now else taken + PAUSE

    def _leave(self, reason: Reason, now: datetime) -> Loss:
        tally = self._waiting.pop(reason)
        self._taken_at[reason] = now
        return Loss(reason=reason, count=tally.count, first=tally.first, last=tally.last)
