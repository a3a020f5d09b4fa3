"""What the service counts about itself: for `status`.

Numbers and states only, never text of a person. Memory only: losses, which must survive, are in the spool.
Used from the service's event loop; there is no lock.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
