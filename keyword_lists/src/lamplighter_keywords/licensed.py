"""Lists that a school is licensed for and nobody may read: keyed digests of folded words, never words.

Such a list comes in as text once, is folded, and from then on exists only as BLAKE2b digests under a key of
its own (`make_licensed`). On a device each run of up to `longest` words is digested and looked up. A match
says which list, never which word, and its words are withheld. Whoever has the key could try words out, so the
file is sealed wherever it rests.

Pure but for a small memory of what was looked up last; may be used from any number of threads.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lamplighter_keywords.errors import LicensedMalformed
from lamplighter_keywords.reading.normalise import fold_bytes

FORMAT = 1
DIGEST_BYTES = 12
KEY_BYTES = 32
MOST_WORDS = 6
MOST_TERMS = 100_000
SHORTEST = 3
# A licensed list is for the gravest material: its terms are never less than this.
LOWEST_SEVERITY = 2
# The words of a window that is looked at again and again, and no more: they are somebody's.
_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensedList:
    """One list as it is kept. `longest` is the number of words of its longest term."""

    id: str
    theme: str
    severity: int
    longest: int
    key: bytes = field(repr=False)
    digests: frozenset[bytes] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensedFind:
    """The words `first` to `last` are a term of a list."""

    list_id: str
    theme: str
    severity: int
    first: int
    last: int


def make_licensed(
    lines: Iterable[str], *, list_id: str, theme: str, severity: int, key: bytes
) -> LicensedList:
    """Digest one term a line; blank lines and lines of `#` say nothing.

    Raises `LicensedMalformed` with the number of the line, never with its text.
    """
    if len(key) != KEY_BYTES or not LOWEST_SEVERITY <= severity <= 5:
        raise LicensedMalformed(0, f"a key has {KEY_BYTES} bytes, a severity is {LOWEST_SEVERITY} to 5")
    digests: set[bytes] = set()
    longest = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        folded = fold_bytes(line)
        words = folded.count(b" ") + 1
        if len(folded) < SHORTEST:
            raise LicensedMalformed(number, f"a term has at least {SHORTEST} letters or digits")
        if words > MOST_WORDS:
            raise LicensedMalformed(number, f"a term has at most {MOST_WORDS} words")
        longest = max(longest, words)
        digests.add(_digest(folded, key))
        if len(digests) > MOST_TERMS:
            raise LicensedMalformed(number, f"more than {MOST_TERMS} terms")
    if not digests:
        raise LicensedMalformed(0, "there is no term in it")
    return LicensedList(
        id=list_id, theme=theme, severity=severity, longest=longest, key=key, digests=frozenset(digests)
    )


def licensed_bytes(kept: LicensedList) -> bytes:
    """Write a list as it is kept: JSON, the same list to the same bytes."""
    packed = b"".join(sorted(kept.digests))
    document = {
        "format": FORMAT,
        "id": kept.id,
        "theme": kept.theme,
        "severity": kept.severity,
        "longest": kept.longest,
        "key": base64.b64encode(kept.key).decode(),
        "digests": base64.b64encode(packed).decode(),
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def parse_licensed(raw: bytes) -> LicensedList:
    """Read what `licensed_bytes` wrote; raise `LicensedMalformed`."""
    try:
        document = json.loads(raw)
        key = base64.b64decode(document["key"], validate=True)
        packed = base64.b64decode(document["digests"], validate=True)
        kept = LicensedList(
            id=document["id"],
            theme=document["theme"],
            severity=document["severity"],
            longest=document["longest"],
            key=key,
            digests=frozenset(
                packed[start : start + DIGEST_BYTES] for start in range(0, len(packed), DIGEST_BYTES)
            ),
        )
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        raise LicensedMalformed(0, "not a licensed list") from error
    sound = (
        document["format"] == FORMAT
        and all(isinstance(text, str) and text for text in (kept.id, kept.theme))
        and all(type(number) is int for number in (kept.severity, kept.longest))
        and LOWEST_SEVERITY <= kept.severity <= 5
        and 1 <= kept.longest <= MOST_WORDS
        and len(key) == KEY_BYTES
        and len(packed) % DIGEST_BYTES == 0
        and 0 < len(kept.digests) <= MOST_TERMS
    )
    if not sound:
        raise LicensedMalformed(0, "not a licensed list, or one of a later version")
    return kept


class LicensedLists:
    """Looks folded words up in the licensed lists of a pack."""

    def __init__(self, lists: Sequence[LicensedList]) -> None:
        self._lists = tuple(lists)
        self._longest = max((one.longest for one in lists), default=0)
        self._named = lru_cache(maxsize=_REMEMBERED)(self._look_up)

    def find(self, words: Sequence[bytes]) -> Iterator[LicensedFind]:
        """Give every run of words that is a term of a list."""
        for first in range(len(words)):
            for last in range(first, min(len(words), first + self._longest)):
                for one in self._named(b" ".join(words[first : last + 1])):
                    yield LicensedFind(
                        list_id=one.id, theme=one.theme, severity=one.severity, first=first, last=last
                    )

    def _look_up(self, run: bytes) -> tuple[LicensedList, ...]:
        if len(run) < SHORTEST:
            return ()
        return tuple(one for one in self._lists if _digest(run, one.key) in one.digests)


def _digest(folded: bytes, key: bytes) -> bytes:
    return hashlib.blake2b(folded, key=key, digest_size=DIGEST_BYTES).digest()
