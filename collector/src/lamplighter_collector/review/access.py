"""Who may read what; pure, and asked by everything that shows an incident, a count or a word.

- A DSL or deputy reads what is for the DSL, a headteacher what is about staff, the chair what is about the
  headteacher.
- Nobody reads an item about themselves or about their own child, whatever their roles.
- A technician reads nothing.
"""

from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import audiences


def readable_audiences(person: Person) -> frozenset[Audience]:
    return audiences(person.roles)


def may_read(person: Person, audience: Audience, subject: str) -> bool:
    """``subject`` is the pseudonym that the item is about, empty when unknown."""
    return audience in readable_audiences(person) and not (subject and subject in person.closed_subjects)
