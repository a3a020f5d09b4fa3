"""Receipts of clean scans: what lets an unchanged medium be used again without scanning it once more.

A receipt is bound to the medium, to the digest of every name and byte on it, and to the engine with the date
of its signatures; it ends after the hours that the policy says. The digest is made anew from every byte each
time the medium comes, so a changed file means another digest and a whole scan. A serial number that somebody
copied onto another stick is of no use either: its content has another digest.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final

from lamplighter_keywords.media.medium_id import MediumId

from lamplighter_agent.media.kept import Kept

MOST: Final = 500
_NAME: Final = "receipts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One volume that was found clean. Times are milliseconds since 1970 UTC."""

    medium: str
    # Which of its volumes, from 0.
    volume: int
    digest: str
    engine: str
    signatures_at: int
    made_at: int
    expires_at: int

    def holds(self, now: int) -> bool:
        # Not before it was made either: then the clock is wrong, and so is what it says of the age.
        return self.made_at <= now < self.expires_at


class Receipts:
    """Those of this device, newest last."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._all: list[Receipt] = []
        for one in kept.get(_NAME, ()):
            found = _read(one)
            if found is not None:
                self._all.append(found)

    def add(self, receipt: Receipt, now: int) -> None:
        """Keep a receipt, and let go of those that ended and of the one before it."""
        self._all = [one for one in self._all if one.holds(now) and not _same(one, receipt)]
        self._all = [*self._all, receipt][-MOST:]
        self._write()

    def newest(self, medium: MediumId, volume: int, now: int) -> Receipt | None:
        """Return the last receipt of a volume, where it holds; what can't be told from others has none."""
        if not medium.is_nameable:
            return None
        theirs = (one for one in reversed(self._all) if (one.medium, one.volume) == (str(medium), volume))
        last = next(theirs, None)
        return last if last is not None and last.holds(now) else None

    def forget(self, medium: MediumId) -> None:
        """Let go of all that a medium has: something was found on it."""
        self._all = [one for one in self._all if one.medium != str(medium)]
        self._write()

    def _write(self) -> None:
        self._kept.put({_NAME: [asdict(one) for one in self._all]})


def _same(one: Receipt, other: Receipt) -> bool:
    return (one.medium, one.volume) == (other.medium, other.volume)


def _read(raw: Any) -> Receipt | None:
    try:
        found = Receipt(**raw)
    except TypeError:
        return None
    texts = (found.medium, found.digest, found.engine)
    times = (found.volume, found.signatures_at, found.made_at, found.expires_at)
    sound = all(isinstance(one, str) for one in texts) and all(isinstance(one, int) for one in times)
    return found if sound and found.digest else None
