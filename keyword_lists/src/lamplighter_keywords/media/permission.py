r"""One permission to use one medium: for whom, how and how long. Pure.

A device gets no list of account names: a person stands in the register as `person_mark`, which whoever has
the account's name can work out and compare. It hides nothing from somebody who guesses names; it keeps a list
of a school's accounts off every laptop.

A directory's account has several spellings: ``wren``, ``SCHOOL\wren``, ``wren@school.example``. Which one a
device sees depends on how it signs in, and a technician types whichever is at hand, so all of them are one
person here (`account_key`). That a local account of the same name would be that person too is the price;
accounts on a school's laptop are made by the school, and no permission spares the scan.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Final

from lamplighter_keywords.media.medium_id import MediumId

GROUPS: Final = ("pupil", "staff")
MARK_LENGTH: Final = 32
_MARKED: Final = b"lamplighter person\0"
_SIZES: Final = 64


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
    # Of the medium that it was asked for with; 0 where nobody told. A serial number is copied sooner.
    size_bytes: int = 0

    def fits(self, size_bytes: int) -> bool:
        """Whether a medium of this size can be the one: systems differ by the odd cylinder."""
        return not self.size_bytes or abs(size_bytes - self.size_bytes) * _SIZES <= self.size_bytes

    def covers(self, *, mark: str, group: str) -> bool:
        """Whether it is for this person, or for the group they are in. An empty mark is nobody."""
        return self.person == mark if self.person else self.group == group

    def holds(self, now: int) -> bool:
        return self.begins <= now < self.ends


def person_mark(organisation: str, account: str) -> str:
    """What stands for an account in the register; "" for no account."""
    if not account:
        return ""
    told = b"\0".join((organisation.encode(), account_key(account).encode(errors="surrogatepass")))
    return hashlib.sha256(_MARKED + told).hexdigest()[:MARK_LENGTH]


def account_key(account: str) -> str:
    """Return what all spellings of one account have in common: no domain, no case, no compatibility forms."""
    whole = _folded(account)
    name = whole.rpartition("\\")[2]
    name = name.partition("@")[0] or name
    return name or whole


def _folded(text: str) -> str:
    # Twice: a letter that is folded may have a compatibility form of its own.
    once = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", once).casefold()
