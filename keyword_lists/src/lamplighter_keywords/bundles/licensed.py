"""Lists that a school is licensed for and nobody may read: keyed digests of folded words, never words.

Such a list comes in as text once (`authoring/licensing.py`), is folded, and from then on exists only as
BLAKE2b digests under a key of its own. On a device each run of up to `longest` words is digested and looked
up; only where the first word of a run may begin a term, which a short digest of that word tells. A find names
the list and the number of the entry, never its words. Whoever has the key can try words out, so key and
digests are sealed wherever they rest (`licensed_part.py`).

Pure but for a small memory of the words that were looked up last; may be used from any number of threads.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from lamplighter_keywords.reading.normalise import fold_character

DIGEST_BYTES: Final = 12
FIRST_BYTES: Final = 4
KEY_BYTES: Final = 32
MOST_WORDS: Final = 6
MOST_ENTRIES: Final = 50_000
"""In all lists together: so that they travel in one message with the other parts."""
MOST_LISTS: Final = 32
SHORTEST: Final = 3
# A licensed list is for grave material: what it finds is never less than this.
LOWEST_SEVERITY: Final = 2
HIGHEST_SEVERITY: Final = 5
LONGEST_PROVIDER: Final = 100
# Words of a window that is looked at again and again. Few: they are somebody's.
_REMEMBERED: Final = 2_000
_LONGEST_REMEMBERED: Final = 24
_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")
_DIGIT: Final = re.compile(rb"\d")
_FIRST_WORD: Final = b"first word"
# The letters of nearly all scripts that are alike somewhere.
_FOLDED: Final = 0x2000
_MARK_BYTES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensedList:
    """One list as it is kept. Times are milliseconds since 1970, UTC.

    `longest` is the number of words of its longest term. `entries` holds the number of each entry, from 1 on
    in the order of the provider's file, by the digest of its words.
    """

    id: str
    provider: str
    theme: str
    severity: int
    imported: int
    expires: int
    longest: int
    # How words were folded when it was imported: words folded otherwise have other digests.
    fold: str
    key: bytes = field(repr=False)
    entries: dict[bytes, int] = field(repr=False)
    firsts: frozenset[bytes] = field(repr=False)

    def ended(self, now: int) -> bool:
        """Whether the licence is over."""
        return now >= self.expires


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensedFind:
    """The words `first` to `last` are an entry of a list."""

    licensed: LicensedList
    entry: int
    first: int
    last: int


def is_list_id(text: str) -> bool:
    """Whether a list may be called so: lower case letters, digits and hyphens, at most 48."""
    return _ID.fullmatch(text) is not None


def digest_of(folded: bytes, key: bytes) -> bytes:
    """Give what stands for the folded words of an entry."""
    return hashlib.blake2b(folded, key=key, digest_size=DIGEST_BYTES).digest()


def first_digest_of(word: bytes, key: bytes) -> bytes:
    """Give what stands for the first word of an entry: short, since it only spares work."""
    return hashlib.blake2b(word, key=key, digest_size=FIRST_BYTES, person=_FIRST_WORD).digest()


@cache
def fold_mark() -> str:
    """Give a mark of how this version folds words. A list with another one has to be imported again."""
    folded = "\n".join(map(fold_character, map(chr, range(_FOLDED))))
    return hashlib.blake2b(folded.encode(), digest_size=_MARK_BYTES).hexdigest()


class _Firsts(dict[bytes, tuple[LicensedList, ...]]):
    """Which lists have an entry that begins with a word."""

    def __init__(self, lists: tuple[LicensedList, ...]) -> None:
        super().__init__()
        self._lists = lists

    def __missing__(self, word: bytes) -> tuple[LicensedList, ...]:
        found = tuple(one for one in self._lists if first_digest_of(word, one.key) in one.firsts)
        # What is longer than a word, or holds digits, may be a password and is not remembered.
        if len(word) <= _LONGEST_REMEMBERED and not _DIGIT.search(word):
            self[word] = found
        return found


class LicensedLists:
    """Looks folded words up in licensed lists."""

    def __init__(self, lists: Sequence[LicensedList]) -> None:
        self._lists = tuple(lists)
        self._firsts = _Firsts(self._lists)

    def find(self, words: Sequence[bytes]) -> list[LicensedFind]:
        """Give every run of words that is an entry of a list."""
        # Another thread may put another memory in its place meanwhile.
        firsts = self._firsts
        begins = list(map(firsts.__getitem__, words))
        if len(firsts) > _REMEMBERED:
            self._firsts = _Firsts(self._lists)
        # Nearly every text ends here.
        return list(_entries_in(words, begins)) if any(begins) else []


def _entries_in(words: Sequence[bytes], begins: Sequence[tuple[LicensedList, ...]]) -> Iterator[LicensedFind]:
    for first, lists in enumerate(begins):
        for one in lists:
            for last in range(first, min(len(words), first + one.longest)):
                entry = one.entries.get(digest_of(b" ".join(words[first : last + 1]), one.key))
                if entry is not None:
                    yield LicensedFind(licensed=one, entry=entry, first=first, last=last)
