"""The phrase language of lists: alternatives, word classes and gaps, written out as plain spellings.

::

    (kill|end) myself             two spellings
    send (me|us|) (nude|nudes)    an empty alternative may be left out
    {want} die                    every line of the class `want` in knowledge/words.*.toml
    do not tell * (mum|dad)       a lone star: up to `WIDEST_GAP` words of anything

Groups may be nested and may stand inside a word: "kill(ed|ing)". Pure.
"""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise, product

from lamplighter_keywords.errors import PhraseRefused

# Stands between the parts of a spelling where other words may be.
GAP = "*"
WIDEST_GAP = 3
MOST_SPELLINGS = 2_000
# A class may stand in a class, and a group in a group, so deep.
DEEPEST = 6

Classes = Mapping[str, tuple[str, ...]]
_CLASS = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# A group without anything inside but words: nearly all are.
_GROUP_OF_WORDS = re.compile(r"\(([^(){}]*)\)")
# Whatever a text without alternatives, classes and gaps does not hold.
_WRITTEN_SO = re.compile(r"[(){}|*]")
_NOTHING = "one of the alternatives leaves nothing at all"
# What parts words wherever the phrase language is not understood.
_SIGNS = str.maketrans("(){}|", "     ")


def expand(text: str, classes: Classes) -> tuple[str, ...]:
    """Give every spelling of a text, each once, with single blanks; raise `PhraseRefused` with what is wrong.

    A spelling holds the word `GAP` where a gap is. It is never first or last.
    """
    if not _WRITTEN_SO.search(text):
        words = text.split()
        if not words:
            raise PhraseRefused(_NOTHING)
        return (" ".join(words),)
    parser = _Parser(text, classes, depth=0)
    spellings = parser.alternatives(inside=False)
    if parser.at < len(text):
        raise PhraseRefused(
            f"character {parser.at + 1} ({text[parser.at]}): a bracket is closed that nothing opened"
        )
    plain = tuple(dict.fromkeys(" ".join(spelling.split()) for spelling in spellings))
    for spelling in plain:
        words = spelling.split()
        if not words:
            raise PhraseRefused(_NOTHING)
        if GAP in (words[0], words[-1]) or (GAP, GAP) in pairwise(words):
            raise PhraseRefused("a gap (*) stands between two words, alone")
    return plain


def plainly(text: str, classes: Classes) -> tuple[str, ...]:
    """Give every spelling as `expand`; what is not understood is read as words parted by its signs."""
    try:
        return expand(text, classes)
    except PhraseRefused:
        return (" ".join(text.translate(_SIGNS).split()).strip(" *"),)


class _Parser:
    """Recursive descent; every method gives the spellings of what it read."""

    def __init__(self, text: str, classes: Classes, *, depth: int) -> None:
        self._text = text
        self._classes = classes
        self._depth = depth
        self.at = 0

    def alternatives(self, *, inside: bool) -> list[str]:
        if self._depth > DEEPEST:
            raise PhraseRefused("brackets stand in brackets too deep; write several texts")
        spellings = self._sequence()
        while self._text[self.at : self.at + 1] == "|":
            if not inside:
                raise PhraseRefused(
                    f"character {self.at + 1} (|): alternatives stand in brackets, such as (mum|dad)"
                )
            self.at += 1
            spellings += self._sequence()
        return _counted(spellings)

    def _sequence(self) -> list[str]:
        readers: Mapping[str, Callable[[], list[str]]] = {"(": self._group, "{": self._class}
        spellings = [""]
        while (sign := self._text[self.at : self.at + 1]) not in {"", "|", ")"}:
            piece = readers.get(sign, self._plain)()
            if len(spellings) * len(piece) > MOST_SPELLINGS:
                raise PhraseRefused(f"more than {MOST_SPELLINGS} spellings; write several texts")
            spellings = ["".join(pair) for pair in product(spellings, piece)]
        return spellings

    def _plain(self) -> list[str]:
        start = self.at
        if self._text[start] == "}":
            raise PhraseRefused(f"character {start + 1} (}}): a bracket is closed that nothing opened")
        while self.at < len(self._text) and self._text[self.at] not in "(){}|":
            self.at += 1
        return [self._text[start : self.at]]

    def _group(self) -> list[str]:
        start = self.at
        of_words = _GROUP_OF_WORDS.match(self._text, start)
        if of_words and self._depth < DEEPEST:
            self.at = of_words.end()
            return _counted(of_words[1].split("|"))
        self.at += 1
        self._depth += 1
        spellings = self.alternatives(inside=True)
        self._depth -= 1
        if self._text[self.at : self.at + 1] != ")":
            raise PhraseRefused(f"character {start + 1} ((): this bracket is not closed")
        self.at += 1
        return spellings

    def _class(self) -> list[str]:
        found = _CLASS.match(self._text, self.at)
        if not found:
            raise PhraseRefused(
                f"character {self.at + 1} ({{): the name of a word class stands here, such as {{want}}"
            )
        name = found[1]
        if name not in self._classes:
            raise PhraseRefused(
                f"there is no word class {{{name}}}; those of knowledge/words.*.toml can be used"
            )
        self.at = found.end()
        spellings: list[str] = []
        for line in self._classes[name]:
            inner = _Parser(line, self._classes, depth=self._depth + 1)
            spellings += inner.alternatives(inside=False)
            if inner.at < len(line):
                raise PhraseRefused(f"the word class {{{name}}} has a line whose brackets do not match")
        return _counted(spellings)


def _counted(spellings: list[str]) -> list[str]:
    if len(spellings) > MOST_SPELLINGS:
        raise PhraseRefused(f"more than {MOST_SPELLINGS} spellings; write several texts")
    return spellings
