"""Typing slips: the listed words that are one slip away from a word that was typed.

A slip is a letter too many, too few or wrong, or two letters in each other's place (optimal string alignment,
distance 1), behind the first letter. Found through an index of every listed word with one letter left out
(W. Garbe's symmetric deletes) and verified by rapidfuzz. Pure.
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from zlib import crc32

from rapidfuzz.distance import OSA

from lamplighter_keywords.reading.spelled import beginning_with

# Shorter words are one slip away from too many others.
SHORTEST = 4
_NUMBER_BITS = 24


class _Letter:
    """The listed words that begin with one letter."""

    def __init__(self, ordered: Sequence[str]) -> None:
        self._words = ordered
        keys = [
            crc32((word[:at] + word[at + 1 :]).encode()) << _NUMBER_BITS | number
            for number, word in enumerate(self._words)
            for at in range(1, len(word))
        ]
        keys += [crc32(word.encode()) << _NUMBER_BITS | number for number, word in enumerate(self._words)]
        keys.sort()
        # Eight bytes a key; a dictionary of the same would take ten times as much.
        self._keys = array("Q", keys)

    def nearest(self, word: str) -> list[str]:
        """Give the listed words one slip away, in the order of the alphabet."""
        shortened = {word[:at] + word[at + 1 :] for at in range(1, len(word))}
        found: set[str] = set()
        for key in (word, *shortened):
            found.update(self._with(key))
        return sorted(
            other for other in found if other[0] == word[0] and OSA.distance(word, other, score_cutoff=1) == 1
        )

    def _with(self, key: str) -> list[str]:
        low = crc32(key.encode()) << _NUMBER_BITS
        at = bisect_left(self._keys, low)
        found: list[str] = []
        while at < len(self._keys) and self._keys[at] >> _NUMBER_BITS == low >> _NUMBER_BITS:
            found.append(self._words[self._keys[at] & ((1 << _NUMBER_BITS) - 1)])
            at += 1
        return found


class SlipIndex:
    """Of the listed words, in order. Of a letter the index is made when the first word with it is met."""

    def __init__(self, ordered: Sequence[str]) -> None:
        self._ordered = ordered
        # A thread that comes in between makes the same again.
        self._letters: dict[str, _Letter] = {}

    def nearest(self, word: str) -> list[str]:
        """Give the listed words one slip away, in the order of the alphabet."""
        letter = self._letters.get(word[0])
        if letter is None:
            listed = beginning_with(word[0], self._ordered)
            some = [one for one in listed if len(one) >= SHORTEST and one.isalpha()]
            if not some:
                return []
            letter = self._letters[word[0]] = _Letter(some)
        return letter.nearest(word)
