"""Phrases of ordinary life that mask what is found inside them: idioms, places, names, titles of works."""

from collections.abc import Sequence

from lamplighter_keywords.written import automaton_of


class Harmless:
    """Folded phrases, each between blanks. Not changed after it is made, so that any thread may ask."""

    def __init__(self, idioms: Sequence[bytes], titles: Sequence[bytes]) -> None:
        phrases = (*idioms, *titles)
        self._automaton = automaton_of(phrases)
        self._idioms = len(idioms)
        # The bytes of the longest.
        self._widest = max(map(len, phrases), default=0)
        self._all = b"".join(phrases)

    def may_cover(self, spelling: bytes) -> bool:
        """Say whether a phrase may hold a spelling, blanks around it; if not, nowhere one covers it.

        Looks through all of them, so whoever asks often remembers the answer.
        """
        return spelling in self._all

    def covers(self, joined: bytes, start: int, end: int) -> bool:
        """Say whether a place of a reading is inside an idiom, a name or the longer title of a work."""
        return bool(self.phrase(joined, start, end))

    def phrase(self, joined: bytes, start: int, end: int) -> bytes:
        """Give the phrase that covers a place, blanks around it; nothing where none does."""
        if self._automaton is None:
            return b""
        low = max(0, end - self._widest)
        window = joined[low : start + self._widest]
        start, end = start - low, end - low
        for nth, begin, stop in self._automaton.find_matches_as_indexes(window, overlapping=True):
            # Where a title is the term itself, either may be meant.
            if begin <= start and end <= stop and (nth < self._idioms or stop - begin > end - start):
                return window[begin:stop]
        return b""
