"""What people asked for on this device's screen, until it was answered: so that a no is told to who asked.

A refusal comes signed in the register (`permissions.py`) and names a request by its id alone; who asked, and
for which medium, is known here. What is told is forgotten as it is told, so that a restart tells nobody
twice. What was granted needs no words: the medium can be used.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from lamplighter_keywords.media.medium_id import MediumId

from lamplighter_agent.backends.media_ports import Medium
from lamplighter_agent.media.found import called
from lamplighter_agent.media.kept import Kept
from lamplighter_agent.media.permissions import Permissions
from lamplighter_agent.media.rules import DAY_MS, HOUR_MS
from lamplighter_agent.media.scanning import identity_of
from lamplighter_agent.media.stay import Person

_ASKED: Final = "asked"
_MOST: Final = 100
# Nobody waits longer for an answer.
_KEPT_MS: Final = 60 * DAY_MS
# One request for a medium in this time: a second press is the same wish.
_ONCE_MS: Final = HOUR_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One that was sent; `called` is what the person knows the medium by."""

    id: str
    person: str = field(repr=False)
    medium: MediumId
    called: str
    at: int


class Asked:
    """Those of every person here; used on the loop only."""

    def __init__(self, kept: Kept, permissions: Permissions) -> None:
        self._kept = kept
        self._permissions = permissions

    def note(self, id_: bytes, medium: Medium, person: Person) -> None:
        """Remember that this person asked for this medium now."""
        now = self._permissions.now()
        one = Request(
            id=id_.hex(), person=person.mark, medium=identity_of(medium), called=called(medium), at=now
        )
        self._keep([*self._requests(), one])

    def lately(self, medium: Medium, person: Person) -> bool:
        """Say whether this was asked within the hour and is not answered."""
        name, since = identity_of(medium), self._permissions.now() - _ONCE_MS
        return any(
            one.person == person.mark and one.medium == name and one.at > since for one in self._requests()
        )

    def has_refused(self, person: Person) -> bool:
        """Say whether `take_refused` has anything."""
        return bool(self._refused(person))

    def take_refused(self, person: Person) -> Request | None:
        """Return what this person is to be told of next, each medium once; it is told no more after that."""
        refused = self._refused(person)
        if not refused:
            return None
        said = refused[0]
        of_this = [one for one in refused if one.medium == said.medium]
        self._keep(one for one in self._requests() if one not in of_this)
        return said

    def _refused(self, person: Person) -> list[Request]:
        requests = self._requests()
        refused = self._permissions.refused if requests else frozenset()
        return [
            one
            for one in requests
            # What was permitted after all needs no words: a no would be wrong by now.
            if one.id in refused and one.person == person.mark and not self._may(person, one.medium)
        ]

    def put_back(self, request: Request) -> None:
        """Have it told another time: it could not be shown."""
        self._keep([*self._requests(), request])

    def _may(self, person: Person, medium: MediumId) -> bool:
        """Say whether somebody permitted it after all."""
        now = self._permissions.now()
        return any(
            one.holds(now) and one.covers(mark=person.mark, group=person.group)
            for one in self._permissions.of(medium)
        )

    def _requests(self) -> list[Request]:
        told: Any = self._kept.get(_ASKED)
        return [one for one in map(_request, told) if one] if isinstance(told, list) else []

    def _keep(self, requests: Iterable[Request]) -> None:
        since = self._permissions.now() - _KEPT_MS
        kept = [asdict(one) for one in requests if one.at > since]
        self._kept.put({_ASKED: kept[-_MOST:]})


def _request(told: Any) -> Request | None:
    """Read one back; what another version of the agent wrote otherwise is passed over."""
    try:
        return Request(**{**told, "medium": MediumId(**told["medium"])})
    except (TypeError, KeyError):
        return None
