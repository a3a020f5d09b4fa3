"""What the pages work with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lamplighter_collector.db.reader import Reader
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.review.services import Words
from lamplighter_collector.web.arrivals import Arrivals


class Reveal(Protocol):
    """Shows the words of an incident and writes the audit row, on the writer thread."""

    async def __call__(self, incident_id: str, *, actor: str) -> tuple[Words, ...] | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One organisation's reading side."""

    organisation: str
    reader: Reader
    arrivals: Arrivals
    seals: Seals
    """Opens the account names that a page shows."""
    reveal: Reveal
    trouble: Callable[[], str]
    """Why new items can't be stored just now; empty when they can."""
