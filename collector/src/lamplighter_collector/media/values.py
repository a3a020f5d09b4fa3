"""What is said of portable media between store, command line and page.

Names of accounts are open in here, so they never show in a representation. Times are milliseconds since 1970,
UTC.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from lamplighter_keywords.media.medium_id import MediumId
from lamplighter_keywords.media.permission import Access

PUPIL: Final = "pupil"
STAFF: Final = "staff"
MOST_TEXT: Final = 500
MOST_NAME: Final = 64
MOST_ACCOUNT: Final = 256
DAY_MS: Final = 86_400_000
MOST_DAYS: Final = 400
"""How far ahead a permission or a loan may end: a school year and its summer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who does something: an account, or `audit.CONSOLE`; with the roles that it holds, and when."""

    account: str
    role: str = ""
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A medium and what it calls itself."""

    medium: MediumId
    name: str = ""

    @property
    def words(self) -> str:
        """Such as "Example Stick, serial 60A44C3FAC35"."""
        serial = f"serial {self.medium.serial}" if self.medium.serial else "no usable serial number"
        return f"{self.name or 'a medium'}, {serial}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """One account or one group."""

    person: str = field(default="", repr=False)
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A permission to be given."""

    what: Named
    whom: Whom
    access: Access
    ends: int
    reason: str = field(repr=False)
    needs_encryption: bool = False
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionRecord:
    """A permission that was given. ``whom.person`` is empty where the person was erased."""

    id: str
    what: Named
    whom: Whom
    access: Access
    needs_encryption: bool
    begins: int
    ends: int
    reason: str = field(repr=False)
    issued_by: str
    issued_at: int
    revoked_at: int | None
    revoked_by: str
    subject: str
    size_bytes: int = 0

    def state(self, now: int) -> str:
        """Say what it is now: revoked, ended or holds."""
        if self.revoked_at is not None:
            return "revoked"
        return "ended" if now >= self.ends else "holds"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """Somebody asked to use a medium. ``person`` is empty where nobody is named or they were erased."""

    device: str
    id: bytes
    what: Named
    person: str = field(repr=False)
    subject: str
    user_kind: int
    size_bytes: int
    reason: str
    read_write: bool
    asked_at: int
    received_at: int
    answered_at: int | None
    answered_by: str
    permission: str

    @property
    def reference(self) -> str:
        """What a person calls it by."""
        return self.id.hex()


class Stage(IntEnum):
    """How far a loan is, in the order of time (`reminding.py`). The number is what is stored."""

    LENT = 0
    SOON = 1
    DUE = 2
    OVERDUE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRecord:
    """A medium that the school lent. ``borrower`` is empty where they were erased."""

    id: str
    what: Named
    borrower: str = field(repr=False)
    encrypted: bool
    lent_at: int
    due_at: int
    lent_by: str
    returned_at: int | None
    reminded: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRecord:
    """What one scan came to; about the medium and never about a person."""

    device: str
    id: bytes
    what: Named
    size_bytes: int
    tree_digest: str
    verdict: int
    reason: str
    engine: str
    signatures_at: int | None
    made_at: int
    expires_at: int | None
    files: int
    bytes: int
    infected: int
    unscanned: int
    kinds: dict[str, int]
    permission: str
    access: int
    received_at: int
