"""What an account may be, and which audience each role reads; pure.

An account may hold several roles. A technician reads no audience: health only.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from lamplighter_collector.grouping.fingerprint import Audience


class Role(StrEnum):
    """In the order in which a person's roles are named."""

    DSL = "dsl"
    DEPUTY = "deputy"
    HEADTEACHER = "headteacher"
    CHAIR = "chair"
    TECHNICIAN = "technician"


_READS: Final[Mapping[Role, Audience | None]] = {
    Role.DSL: Audience.DSL,
    Role.DEPUTY: Audience.DSL,
    Role.HEADTEACHER: Audience.HEAD,
    Role.CHAIR: Audience.CHAIR,
    Role.TECHNICIAN: None,
}
_NAMES: Final[Mapping[Role, str]] = {
    Role.DSL: "Designated safeguarding lead",
    Role.DEPUTY: "Deputy safeguarding lead",
    Role.HEADTEACHER: "Headteacher",
    Role.CHAIR: "Chair of governors",
    Role.TECHNICIAN: "Technician",
}


def audiences(roles: Iterable[Role]) -> frozenset[Audience]:
    """Whose items these roles read, before anybody's own are taken away."""
    return frozenset(audience for role in roles if (audience := _READS[role]) is not None)


def in_order(roles: Iterable[Role]) -> tuple[Role, ...]:
    held = frozenset(roles)
    return tuple(role for role in Role if role in held)


def role_names(roles: Iterable[Role]) -> str:
    """In words, for the head of a page."""
    return ", ".join(_NAMES[role] for role in in_order(roles))
