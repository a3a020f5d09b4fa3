"""Lanes: the ways in which a text is read when terms are looked for.

A lane makes a `Reading` of a text: folded words parted and surrounded by single blanks, and for each word
the place in the text that it stands for. Terms are sought as blank-term-blank, so that every lane finds
whole words only. To see through another disguise, add a lane to `LANES`; the matcher needs no change.
"""

import re
from collections.abc import Callable
from functools import cached_property

from lamplighter_keywords.reading.normalise import APOSTROPHES, fold_bytes, word_spans

EXACT = "exact"
# A match of this lane stood in a text that was deleted again.
DELETED = "deleted"

# The search goes from apostrophe to apostrophe, which are few, and looks back from there.
_POSSESSIVE = re.compile(rf"[{APOSTROPHES}](?<=[^\W_].)[sS](?![^\W_])")


class Reading:
    """One way to read a text. Cheap until something is found: words and places are made when asked for."""

    def __init__(self, lane: str, joined: bytes, spans: Callable[[], list[tuple[int, int]]]) -> None:
        self.lane = lane
        self.joined = joined
        self._spans = spans

    @cached_property
    def words(self) -> list[bytes]:
        return self.joined.split()

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where each word stands in the text, in code points."""
        return self._spans()


def exact(text: str) -> Reading:
    """Read the text as it stands, folded."""
    return Reading(EXACT, b" %b " % fold_bytes(text), lambda: word_spans(text))


def without_possessives(text: str) -> str:
    return _POSSESSIVE.sub("", text)


def possessive(text: str) -> Reading | None:
    """Read a possessive as the word itself: "the gang's" holds "gang"."""
    # The first question is a fast one for the usual case of a text with no apostrophe at all.
    if (text.isascii() and "'" not in text and "`" not in text) or not _POSSESSIVE.search(text):
        return None
    joined = b" %b " % fold_bytes(without_possessives(text))
    # Dropping an ending must leave the words where they were, or their places would be wrong.
    if joined.count(b" ") != fold_bytes(text).count(b" ") + 2:
        return None
    return Reading(EXACT, joined, lambda: word_spans(text))


Lane = Callable[[str], Reading | None]
LANES: tuple[Lane, ...] = (exact, possessive)
