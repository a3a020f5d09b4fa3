"""Readings: the ways in which a text is read when terms are looked for, three at most.

A `Reading` is folded words parted and surrounded by single blanks, and for each word the place in the text
that it stands for. Terms are sought as blank-term-blank, so that every reading finds whole words only.

- exact: the text as it stands, folded
- plain: every token as the listed words it most likely stands for, chat spellings written out, no fillers
- other: the same with each token's second guess, and with fillers where a list needs them

reader.py makes them.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import accumulate, repeat
from typing import NamedTuple

from lamplighter_keywords.reading import variants
from lamplighter_keywords.reading.normalise import fold_bytes, word_place, word_spans
from lamplighter_keywords.reading.variants import EXACT, LOOKALIKE, SPACED, SPEECH, SPLIT, Guess

# A match of this lane stood in a text that was deleted again.
DELETED = "deleted"
# The lane that changed most names a match.
_RANK = {
    lane: rank
    for rank, lane in enumerate(
        (
            *(EXACT, SPEECH, LOOKALIKE, variants.REPEAT, variants.LEET, variants.JOINED),
            *(SPLIT, variants.EMOJI, SPACED, variants.CENSORED, variants.TYPO),
        )
    )
}
TOKEN = re.compile(r"\S+")
_BLANK = re.compile(b" ")
# In a longer text every place is found once, since there may be many; in a shorter one counting is faster.
_LONG = 4096
_QUOTES = ",.;:?()\"'"


class Mark(NamedTuple):
    """How one token, or several read as one, came to its words; how many of them a place covers."""

    lane: str
    edits: int
    token: str
    covered: int


class Place(NamedTuple):
    """Where words stand in the text, in code points, and how they were read."""

    start: int
    end: int
    marks: tuple[Mark, ...] = ()

    @property
    def lane(self) -> str:
        """The lane of the greatest change; what only this reading shows without one is plain speech."""
        if not self.marks:
            return EXACT
        lane = max((mark.lane for mark in self.marks), key=_RANK.__getitem__)
        return SPEECH if lane == EXACT else lane

    @property
    def edits(self) -> int:
        return sum(mark.edits for mark in self.marks)


class Reading:
    """The text as it stands. Cheap until something is found: words and places are made when asked for."""

    def __init__(self, text: str, joined: bytes) -> None:
        self.joined = joined
        self._text = text

    @cached_property
    def words(self) -> list[bytes]:
        return self.joined.split()

    def word_at(self, blank: int) -> int:
        """Give which word follows the blank at this place of `joined`."""
        if len(self.joined) < _LONG:
            return self.joined.count(b" ", 0, blank)
        return bisect_left(self._blanks, blank)

    def blank_before(self, word: int) -> int:
        """Give the place in `joined` of the blank before a word."""
        if len(self.joined) < _LONG:
            return len(b" ".join(self.words[:word])) + (word > 0)
        return self._blanks[word]

    def marks(self, first: int, last: int) -> tuple[Mark, ...]:
        """Say how the words `first` to `last` were read; costs far less than to give their place."""
        del first, last
        return ()

    def locate(self, first: int, last: int) -> Place:
        """Give the place of the words `first` to `last`."""
        if len(self.joined) < _LONG:
            return Place(*word_place(self._text, first, last))
        return Place(self._spans[first][0], self._spans[last][1])

    @cached_property
    def _blanks(self) -> list[int]:
        return [blank.start() for blank in _BLANK.finditer(self.joined)]

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return word_spans(self._text)


def exact(text: str) -> Reading:
    """Read a text as it stands, folded."""
    return Reading(text, b" %b " % fold_bytes(text))


class PlainReading(Reading):
    """A text whose tokens were read as other words; what each became is asked where something is found."""

    def __init__(self, text: str, pieces: Sequence[bytes], unit: Callable[[int], "Unit"]) -> None:
        super().__init__(text, b" " + b"".join(pieces))
        self._pieces = pieces
        self._unit = unit
        # Whether a token may be shown in other letters than it has in the text.
        self.masked = not text.isascii()

    def marks(self, first: int, last: int) -> tuple[Mark, ...]:
        """Say token by token how the words were read."""
        ends = self._ends
        found: list[Mark] = []
        for nth in range(bisect_right(ends, first), bisect_right(ends, last) + 1):
            begin = ends[nth - 1] if nth else 0
            covered = min(last + 1, ends[nth]) - max(first, begin)
            if covered > 0:
                found.append(self._mark(self._unit(nth), covered))
        return tuple(found)

    def locate(self, first: int, last: int) -> Place:
        """Give the place and, token by token, how it was read."""
        ends = self._ends
        one, other = bisect_right(ends, first), bisect_right(ends, last)
        start = self._edge(one, first - (ends[one - 1] if one else 0), side=0)
        end = self._edge(other, last - (ends[other - 1] if other else 0), side=1)
        return Place(start, end, self.marks(first, last))

    def _raw(self, unit: "Unit") -> tuple[int, str]:
        text, start = self._text, self._start(unit.first)
        if unit.shown:
            # Which is as long as the token.
            return start, text[start : start + len(unit.shown)]
        # Of several, none is long.
        last = self._start(unit.last)
        end = last + len(text[last : last + _LONG].split(None, 1)[0])
        return start, text[start:end]

    def _start(self, token: int) -> int:
        """Give where a token begins."""
        text = self._text
        if len(text) >= _LONG:
            return self._starts[token]
        # What is left when those before it are taken away.
        return len(text) - len(text.split(None, token)[token])

    def _mark(self, unit: "Unit", covered: int) -> Mark:
        raw = unit.shown if unit.shown and not self.masked else self._raw(unit)[1]
        guess = unit.guess
        if guess.lane == EXACT and unit.shown and unit.shown != raw:
            changed = sum(one != two for one, two in zip(raw, unit.shown, strict=False))
            return Mark(LOOKALIKE, changed, raw, covered)
        return Mark(guess.lane, guess.edits, raw, covered)

    def _edge(self, nth: int, word: int, *, side: int) -> int:
        """Give where a word of a unit begins or ends: of an unchanged token exactly, else of the whole."""
        unit = self._unit(nth)
        start, raw = self._raw(unit)
        spans = word_spans(raw)
        if unit.guess.lane in {variants.LEET, variants.CENSORED} or not spans:
            # Signs at the ends may be letters: "$uicide".
            bare = raw.lstrip(_QUOTES) if side == 0 else raw.rstrip(_QUOTES)
            return start + (len(raw) - len(bare) if side == 0 else len(bare))
        if len(spans) != len(unit.guess.words):
            word = 0 if side == 0 else len(spans) - 1
        return start + spans[word][side]

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(map(bytes.count, self._pieces, repeat(b" "))))

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start() for token in TOKEN.finditer(self._text)]


class Unit(NamedTuple):
    """Tokens `first` to `last` read together, as words without the fillers that the reading leaves out."""

    guess: Guess
    first: int
    last: int
    # The token in one alphabet; empty for several.
    shown: str
