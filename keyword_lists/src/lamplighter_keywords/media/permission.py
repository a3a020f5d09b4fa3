"""One permission to use one medium: for whom, how and how long. Pure.

A device gets no list of account names: a person stands in the register as `person_mark`, which whoever has
the account's name can work out and compare. It hides nothing from somebody who guesses names; it keeps a list
of a school's accounts off every laptop.
"""

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import Final

from lamplighter_keywords.media.medium_id import MediumId

GROUPS: Final = ("pupil", "staff")
MARK_LENGTH: Final = 32
_MARKED: Final = b"lamplighter person\0"


class Access(Enum):
    """What a permission, or a rule, gives at most."""

    READ_ONLY = "read_only"
    READ_WRITE = "read_write"

    def at_most(self, other: "Access") -> "Access":
        """Return the narrower of two."""
        return self if self is Access.READ_ONLY else other


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """For one person (`person`, a mark) or one group (`group`, of GROUPS), never both and never neither.

    `begins` and `ends` are milliseconds since 1970, UTC; it holds from the first up to but not at the second.
    """

    id: str
    medium: MediumId
    person: str = ""
    group: str = ""
    access: Access
    begins: int
    ends: int
    needs_encryption: bool = False

    def covers(self, *, mark: str, group: str) -> bool:
        """Whether it is for this person, or for the group they are in. An empty mark is nobody."""
        return self.person == mark if self.person else self.group == group

    def holds(self, now: int) -> bool:
        return self.begins <= now < self.ends


def person_mark(organisation: str, account: str) -> str:
    """What stands for an account in the register; "" for no account."""
    if not account:
        return ""
    told = b"\0".join((organisation.encode(), account.casefold().encode(errors="surrogatepass")))
    return hashlib.sha256(_MARKED + told).hexdigest()[:MARK_LENGTH]
