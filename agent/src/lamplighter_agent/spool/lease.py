"""A lease: records taken out for delivery, to be settled one way or another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from lamplighter_agent.spool.entry import LeasedRecord
from lamplighter_agent.spool.flood import Bucket
from lamplighter_agent.spool.ledger import LossRow
from lamplighter_agent.spool.segment import Segment


@dataclass(slots=True, kw_only=True, eq=False)
class Held:
    """A leased record and what stands behind it: one record, a bucket's tallies, or a loss row."""

    record: LeasedRecord
    user: str = field(repr=False, default="")
    observed_seconds: int = 0
    segment: Segment | None = None
    seq: int = 0
    bucket: Bucket | None = None
    loss: LossRow | None = None


class Settler(Protocol):
    """What a lease needs of the spool."""

    def commit_held(self, held: list[Held]) -> None: ...

    def release_held(self, held: list[Held]) -> None: ...

    def refuse_held(self, held: list[Held], reason: str) -> None: ...


class Lease:
    """Records nobody else leases until they are settled. A lease that is dropped comes back at the next open.

    Each verb is durable when it returns, may be called from any thread and ignores what was settled before.
    """

    def __init__(self, spool: Settler, held: list[Held]) -> None:
        self._spool = spool
        self._held: dict[bytes, list[Held]] = {}
        for one in held:
            self._held.setdefault(one.record.id, []).append(one)
        self.records = tuple(one.record for one in held)

    def commit(self, ids: Iterable[bytes]) -> None:
        """The collector has stored these: forget them."""
        self._spool.commit_held(self._take(ids))

    def rollback(self, ids: Iterable[bytes] | None = None) -> None:
        """Give these back, or all that are not settled yet: they are leased again."""
        self._spool.release_held(self._take(list(self._held) if ids is None else ids))

    def quarantine(self, record_id: bytes, reason: str) -> None:
        """The collector will never take this one: set it aside, sealed, and count it."""
        self._spool.refuse_held(self._take([record_id]), reason)

    @property
    def open(self) -> bool:
        """Tell whether something is not settled yet."""
        return bool(self._held)

    def _take(self, ids: Iterable[bytes]) -> list[Held]:
        return [held for record_id in ids for held in self._held.pop(record_id, [])]
