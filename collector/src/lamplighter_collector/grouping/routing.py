"""Which audience an item about somebody belongs to; pure.

- A pupil's item goes to the DSL, a member of staff's to the headteacher.
- An account on a device that is linked to one of our accounts belongs to staff, whatever the device says of
  it; the headteacher's own goes to the chair.
- Where everybody who reads an audience is the subject or their parent, the item goes one step further: an
  item that nobody may read helps no child.

The answer is worked out once per change of the directory. For a subject without a link it costs one look-up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.ingest.detection import UserKind
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role, audiences

_LINE: Final = (Audience.DSL, Audience.HEAD, Audience.CHAIR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Where items go. ``exceptions``: subject to its audiences as a pupil's and as a member of staff's."""

    exceptions: Mapping[str, tuple[Audience, Audience]] = field(default_factory=dict, repr=False)

    def audience(self, user_kind: UserKind, subject: str) -> Audience:
        staff = user_kind is UserKind.STAFF
        exception = self.exceptions.get(subject)
        if exception is not None:
            return exception[staff]
        return Audience.HEAD if staff else Audience.DSL


def routes_for(people: Iterable[Person], left: Iterable[Person] = ()) -> Routes:
    """Routes by the links of all accounts; those of ``left`` are closed, so they read nothing any more."""
    active = tuple(people)
    everybody = (*active, *left)
    readers = {
        audience: frozenset(person.account for person in active if audience in audiences(person.roles))
        for audience in _LINE
    }
    exceptions = {}
    for subject in {subject for person in everybody for subject in person.closed_subjects}:
        conflicted = frozenset(person.account for person in everybody if subject in person.closed_subjects)
        lowest = _lowest(subject, everybody)
        exceptions[subject] = (
            _first_with_a_reader(lowest, readers, conflicted),
            _first_with_a_reader(max(lowest, Audience.HEAD, key=_LINE.index), readers, conflicted),
        )
    return Routes(exceptions=exceptions)


def _lowest(subject: str, everybody: Iterable[Person]) -> Audience:
    owners = [person for person in everybody if subject in person.own_subjects]
    if any(Role.HEADTEACHER in person.roles for person in owners):
        return Audience.CHAIR
    return Audience.HEAD if owners else Audience.DSL


def _first_with_a_reader(
    lowest: Audience, readers: Mapping[Audience, frozenset[str]], conflicted: frozenset[str]
) -> Audience:
    """Passes over an audience only because of a conflict, never because nobody holds its role yet."""
    if not readers[lowest]:
        return lowest
    further = _LINE[_LINE.index(lowest) :]
    return next((audience for audience in further if readers[audience] - conflicted), lowest)
