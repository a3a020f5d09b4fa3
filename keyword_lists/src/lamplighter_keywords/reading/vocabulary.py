"""Which words exist: what is a word already is never taken for a slip or for a piece of another word.

Two Bloom filters in one file, made by `make setup` from word-frequency data (keyword_lists/vocabulary.py says
which): every known word, and the common ones among them. A filter never denies a word that it holds, and
affirms one in some thousands that it does not: then one slip stays undiscovered.
"""

import math
import struct
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path

from lamplighter_keywords.errors import VocabularyUnusable

MAGIC = b"LLV1"
BITS_PER_WORD = 15
HASHES = 10
_HEADER = struct.Struct(">4sII")
_TWO_NUMBERS = struct.Struct(">II")
_SHIPPED = Path(__file__).resolve().parent.parent / "shipped/vocabulary.bin"


class Bloom:
    """A set of words that can't be listed, in a few bits a word."""

    def __init__(self, bits: bytes) -> None:
        self.bits = bits
        self._size = len(bits) * 8

    @classmethod
    def of(cls, words: Iterable[str]) -> "Bloom":
        """Make a filter; the same words give the same bytes on every machine."""
        distinct = sorted(set(words))
        made = bytearray(math.ceil(max(1, len(distinct)) * BITS_PER_WORD / 8))
        empty = cls(bytes(made))
        for word in distinct:
            for place in empty._places(word):
                made[place >> 3] |= 1 << (place & 7)
        return cls(bytes(made))

    def __contains__(self, word: str) -> bool:
        # As `_places`, but of a word that it does not hold hardly more than the second is looked at.
        first, step = _hashed(word)
        bits, size = self.bits, self._size
        for number in range(first, first + HASHES * step, step):
            place = number % size
            if not bits[place >> 3] & (1 << (place & 7)):
                return False
        return True

    def _places(self, word: str) -> list[int]:
        first, step = _hashed(word)
        return [place % self._size for place in range(first, first + HASHES * step, step)]


def _hashed(word: str) -> tuple[int, int]:
    first, step = _TWO_NUMBERS.unpack(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())
    return first, step | 1


class Vocabulary:
    """Folded words of many languages. `word in vocabulary` asks about every known word."""

    def __init__(self, known: Bloom, common: Bloom) -> None:
        self._known = known
        self._common = common

    @classmethod
    def of(cls, known: Iterable[str], common: Iterable[str] = ()) -> "Vocabulary":
        common = frozenset(common)
        return cls(Bloom.of(common | frozenset(known)), Bloom.of(common))

    @classmethod
    def from_bytes(cls, raw: bytes, shown: str) -> "Vocabulary":
        """Read what `to_bytes` gave; raise `VocabularyUnusable` for anything else."""
        if len(raw) < _HEADER.size:
            raise VocabularyUnusable(shown, "damaged")
        magic, known, common = _HEADER.unpack_from(raw)
        if magic != MAGIC or len(raw) != _HEADER.size + known + common or not known or not common:
            raise VocabularyUnusable(shown, "damaged")
        middle = _HEADER.size + known
        return cls(Bloom(raw[_HEADER.size : middle]), Bloom(raw[middle:]))

    def to_bytes(self) -> bytes:
        known, common = self._known.bits, self._common.bits
        return _HEADER.pack(MAGIC, len(known), len(common)) + known + common

    def __contains__(self, word: str) -> bool:
        return word in self._known

    def is_common(self, word: str) -> bool:
        """Say whether it is one of the words that everybody uses."""
        return word in self._common


# Knows no word. Slips are not looked for with it, since every word would seem to be one.
NO_WORDS = Vocabulary.of(())


@cache
def shipped_vocabulary() -> Vocabulary:
    """Read the file beside the package once; raise `VocabularyUnusable` with what to do."""
    try:
        raw = _SHIPPED.read_bytes()
    except OSError as error:
        raise VocabularyUnusable(_SHIPPED.name, "missing; `make setup` makes it") from error
    return Vocabulary.from_bytes(raw, _SHIPPED.name)
