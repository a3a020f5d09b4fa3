"""For whom a page is worded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

SOMEBODY: Final = "A colleague"
"""Whose account is not known here any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads, what everybody is called, and when it is."""

    account: str
    names: Mapping[str, str] = field(repr=False)
    now_ms: int

    def name(self, account: str | None) -> str:
        return self.names.get(account or "", SOMEBODY)

    def name_or_you(self, account: str | None) -> str:
        return "You" if account == self.account else self.name(account)
