"""What the pages work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from lamplighter_collector.db.reader import Reader
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.sign_in import SignIn
from lamplighter_collector.people.visits import Visits
from lamplighter_collector.review.deciding import Deciding
from lamplighter_collector.review.services import Words
from lamplighter_collector.web.arrivals import Arrivals
from lamplighter_collector.web.guard import Place

_T = TypeVar("_T")


class Change(Protocol):
    """Runs what people do to incidents on the writer thread, and wakes open pages after it.

    Raises:
        StoreUnavailable: nothing was changed, or nobody knows.
    """

    async def __call__(self, action: Callable[[Deciding], _T], /) -> _T: ...


class ChangeMedia(Protocol):
    """Runs what technicians do to permissions on the writer thread, and signs the register in the same go.

    Raises:
        MediaError: what was asked for can't be done; nothing was changed.
        StoreUnavailable: nothing was changed, or nobody knows.
    """

    async def __call__(self, action: Callable[[Connection], _T], /) -> _T: ...


class Reveal(Protocol):
    """Shows the words of an incident and writes the audit row, on the writer thread."""

    async def __call__(self, incident_id: str, *, person: Person) -> tuple[Words, ...] | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One organisation's reading side."""

    organisation: str
    place: Place
    reader: Reader
    arrivals: Arrivals
    seals: Seals
    """Opens the account names that a page shows."""
    visits: Visits
    entrance: SignIn
    reveal: Reveal
    change: Change
    change_media: ChangeMedia
    names: Callable[[Connection], Mapping[str, str]]
    """What each account is called, by its id."""
    trouble: Callable[[], str]
    """Why new items can't be stored just now; empty when they can."""
