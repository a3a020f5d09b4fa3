"""What the service counts about itself: for `status`, and for the notices of what was lost.

Numbers and states only, never text of a person. Memory only: what must survive a kill is in the spool. Used
from the service's event loop; there is no lock.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lamplighter_protos.v1.detection_pb2 import LossNotice

from lamplighter_agent.clock import Clock


class Count(StrEnum):
    """What is counted since the service started."""

    OBSERVED = "observed"
    MATCHED = "matched"
    STORED = "stored"
    REPEATED = "repeated"
    DELIVERED = "delivered"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    LOST = "lost"


class DeliveryState(StrEnum):
    """How the way to the collector is."""

    IDLE = "idle"
    CONNECTED = "connected"
    WAITING = "waiting"
    NO_IDENTITY = "no identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFigures:
    """One look at everything."""

    counts: Mapping[str, int]
    delivery: DeliveryState
    delivery_problem: str
    last_delivered_at: datetime | None


class Health:
    """Counters of the service and the state of delivery."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._delivery = DeliveryState.IDLE
        self._problem = ""
        self._last_delivered: datetime | None = None

    def count(self, what: Count, number: int = 1) -> None:
        self._counts[what] += number
        if number and what in (Count.DELIVERED, Count.DUPLICATE):
            self._last_delivered = self._clock.now()

    def delivery_is(self, state: DeliveryState, problem: str = "") -> None:
        self._delivery = state
        self._problem = problem

    def figures(self) -> HealthFigures:
        return HealthFigures(
            counts={what.value: self._counts[what] for what in Count},
            delivery=self._delivery,
            delivery_problem=self._problem,
            last_delivered_at=self._last_delivered,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLoss:
    """Losses of one reason, added up: the arguments of `Spool.count_loss`."""

    reason: "LossNotice.Reason.ValueType"
    count: int
    first: datetime


class LossCounter:
    """Adds up losses that come in floods, by reason, so that not each of them is a write to disk.

    The composition takes them now and then, and at its end, and gives them to `Spool.count_loss`, which makes
    the LossNotice detections. A loss that must survive a kill goes to the spool at once instead.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._losses: dict[LossNotice.Reason.ValueType, CountedLoss] = {}

    def count(self, reason: "LossNotice.Reason.ValueType", count: int = 1) -> bool:
        """Add a loss; True if it is the first since `take`, which is when to plan the next one."""
        began = not self._losses
        before = self._losses.get(reason)
        self._losses[reason] = CountedLoss(
            reason=reason,
            count=count + (before.count if before else 0),
            first=before.first if before else self._clock.now(),
        )
        return began

    def take(self) -> list[CountedLoss]:
        """Return what was added up, and begin anew."""
        taken = list(self._losses.values())
        self._losses = {}
        return taken
