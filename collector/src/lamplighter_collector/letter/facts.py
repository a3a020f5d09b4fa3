"""What a letter to families may say: what holds here now, never what is hoped. Pure.

A letter that names nobody to ask, or somebody who may have left, or that says who reads where nobody does, is
not written at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from lamplighter_keywords.policy.device_policy import Contact, DevicePolicy

from lamplighter_collector.errors import ConfigError
from lamplighter_collector.people.roles import Role
from lamplighter_collector.setup.answers import CONTACT_DAYS

DATA_CONTACT: Final = "--data-contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """Everything that the letter is made from."""

    organisation: str
    day: date
    policy: DevicePolicy = field(repr=False)
    themes: tuple[str, ...]
    """What is looked for, in words for adults."""
    licensed: bool
    """Whether there are lists that nobody may show."""
    readers: Mapping[Role, int]
    """How many open accounts hold a role."""
    data_contact: Contact = field(repr=False)
    """Who answers when somebody asks what is kept about a child."""


def data_contact_of(policy: DevicePolicy, label: str, day: date) -> Contact:
    """The contact of this label, or the first; all must have been checked within a year.

    Raises:
        ConfigError: one that the letter needs is not set, or nobody made sure of it for too long.
    """
    if not policy.contacts:
        raise ConfigError("contacts", "missing: the letter must say whom families ask; see policy.toml")
    for number, contact in enumerate(policy.contacts):
        if contact.checked < day - timedelta(days=CONTACT_DAYS):
            problem = "was checked more than a year ago: make sure that it still holds, and publish it"
            raise ConfigError(f"contacts[{number}].checked", problem)
    if not label:
        return policy.contacts[0]
    found = [one for one in policy.contacts if one.label.casefold() == label.strip().casefold()]
    if not found:
        # What stands on every laptop; what was asked for is not said again.
        there = ", ".join(f'"{one.label}"' for one in policy.contacts)
        raise ConfigError(DATA_CONTACT, f"the published policy has no contact of that label, only {there}")
    return found[0]


def refuse_without_readers(readers: Mapping[Role, int]) -> None:
    """What a letter says of who reads must be so.

    Raises:
        ConfigError: a role that has to read has no open account.
    """
    for role in (Role.DSL, Role.HEADTEACHER):
        if not readers.get(role):
            raise ConfigError(
                "accounts", f"nobody has the role {role.value}: the letter would name no reader"
            )


def to_look_at(facts: LetterFacts) -> tuple[str, ...]:
    """What whoever sends the letter has to know, and families do not read."""
    policy = facts.policy
    told = [
        (
            f"retention_days = {policy.retention_days} is the school's rule: this version deletes none of "
            "what was found by itself, so the DPIA has to say who keeps to it"
        )
    ]
    if not policy.terms:
        told.append("no [[terms]] are set, so every day counts as in term")
    if policy.site_collectors == ():
        told.append("place.collectors is empty: the rules for away from school hold everywhere")
    return tuple(told)
