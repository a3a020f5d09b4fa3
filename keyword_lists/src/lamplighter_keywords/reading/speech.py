"""Plain speech: chat spellings written out, contractions undone, small extra words left out.

The lists are read through the same table as the texts, so that an editor writes plain English once. Where a
text of a list begins or ends with a filler ("please kill me"), the filler belongs to it, and the text is
compared with readings in which fillers are kept. Pure.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from lamplighter_keywords.reading.normalise import APOSTROPHES, fold

_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
# What may stand around a word in writing.
EDGES = ".,;:!?\"'()[]{}<>~\u2026-\u2013\u2014/\\«»\u201c\u201d\u201e\u2018\u2019`¿¡。،؟"
_POSSESSIVE = re.compile(r"'[sS]$")
# Nothing that folding changes; a lone star is a gap of the phrase language.
_PLAIN = re.compile(r"[a-z]+(?:(?: \*)? [a-z]+)*")
# Of lists only: the spellings of one text have the same few words again and again.
_REMEMBERED = 2_000
fold_word = lru_cache(maxsize=_REMEMBERED)(fold)
"""Fold a word of a list, never of a person: it is remembered."""


class Plain(NamedTuple):
    """A text of a list in plain words: with and without fillers; `kept` if a filler belongs to it."""

    words: tuple[str, ...]
    bare: tuple[str, ...]
    kept: bool


class Speech:
    """The table. Keys are folded words, words with their apostrophe, or two words."""

    def __init__(self, spellings: Mapping[str, str], fillers: Iterable[str]) -> None:
        self._spelt: dict[str, tuple[str, ...]] = {}
        self._pairs: dict[tuple[str, str], tuple[str, ...]] = {}
        for spelling, plain in spellings.items():
            words = tuple(fold(plain).split())
            parts = spelling.split()
            if len(parts) == 1:
                self._spelt[apart(spelling)] = words
            elif len(parts) == 2:
                self._pairs[fold(parts[0]), fold(parts[1])] = words
        self.fillers = frozenset(map(fold, fillers))
        self._words = lru_cache(maxsize=_REMEMBERED)(self.words)
        self.seconds = frozenset(second for _, second in self._pairs)
        # A text of small letters that holds none of these is plain as it stands.
        self._changing = frozenset({*self._spelt, *self.fillers, *self.seconds})

    def spelt(self, word: str) -> tuple[str, ...] | None:
        """Give the plain words of a chat spelling, or None if it is none."""
        return self._spelt.get(word)

    def spellings(self) -> list[str]:
        """Every chat spelling of one word, and every filler."""
        return [*self._spelt, *self.fillers]

    def pair(self, first: str, second: str) -> tuple[str, ...] | None:
        """Give the plain words of two folded words, or None if they say nothing together."""
        return self._pairs.get((first, second))

    def words(self, token: str) -> tuple[str, ...]:
        """Give the plain words of one token of a list, fillers kept."""
        bare = apart(token)
        found = self._spelt.get(bare)
        if found is not None:
            return found
        words: list[str] = []
        for piece in fold(_POSSESSIVE.sub("", bare)).split():
            words += self._spelt.get(piece, (piece,))
        return tuple(words)

    def plain(self, text: str) -> Plain:
        """Give a text of a list in plain words."""
        tokens = text.split()
        units: list[tuple[str, ...]] = []
        at = len(tokens)
        # From the right: "my self esteem" holds "self esteem" and not "my self".
        while at > 0:
            pair = self._pair_of(tokens, at) if at > 1 else None
            units.append(pair if pair is not None else self._words(tokens[at - 1]))
            at -= 2 if pair is not None else 1
        words = [word for unit in reversed(units) for word in unit]
        bare = tuple(word for word in words if word not in self.fillers)
        kept = not bare or words[0] in self.fillers or words[-1] in self.fillers
        return Plain(tuple(words), bare, kept=kept)

    def leaves(self, text: str) -> bool:
        """Say whether a text is folded and in plain speech already, fillers and gaps counted."""
        return _PLAIN.fullmatch(text) is not None and self._changing.isdisjoint(text.split(" "))

    def _pair_of(self, tokens: list[str], end: int) -> tuple[str, ...] | None:
        second = fold_word(tokens[end - 1])
        return self.pair(fold_word(tokens[end - 2]), second) if second in self.seconds else None


def apart(token: str) -> str:
    """Give a token in small letters, with one kind of apostrophe and nothing around it."""
    return token.lower().translate(_APOSTROPHES).strip(EDGES)
