"""Who may read what; pure, and asked by everything that shows an incident, a count or a word.

- A DSL or deputy reads what is for the DSL, a headteacher what is about staff, the chair what is about the
  headteacher.
- Malware on a pupil's medium is also the headteacher's to know of: it is the school's network, and a person.
- Nobody reads an item about themselves or about their own child, whatever their roles.
- A technician reads nothing.
"""

from typing import Final

from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role, audiences

TO_THE_HEAD_TOO: Final = frozenset({"malware-media"})
"""Themes of the route technician-head in themes.toml: what the DSL has of them the headteacher reads, too."""


def readable_audiences(person: Person) -> frozenset[Audience]:
    return audiences(person.roles)


def reads_also(person: Person) -> frozenset[str]:
    """Themes that this person reads in the DSL's audience although it is not theirs."""
    return TO_THE_HEAD_TOO if Role.HEADTEACHER in person.roles else frozenset()


def may_read(person: Person, audience: Audience, subject: str, *, theme: str) -> bool:
    """``subject`` is the pseudonym that the item is about, empty when unknown."""
    theirs = audience in readable_audiences(person)
    also = audience is Audience.DSL and theme in reads_also(person)
    return (theirs or also) and not (subject and subject in person.closed_subjects)
