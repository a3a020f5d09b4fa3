r"""The bounded subset of regular expressions that a list may use.

A pattern runs over folded words (small letters, digits, single spaces) and always covers whole words. It
may hold letters, digits, spaces, `\d`, `.` for one letter or digit, classes such as `[abc]` and `[^a-f]`,
groups `( | )`, and the counts `?`, `{n}` and `{m,n}`. `*`, `+` and `{n,}` have no end, look-arounds and
back-references can't be bounded: they are refused, and so is a pattern with more than `MOST_PATHS` ways
through it. That bounds the time of a search, whatever the text.
"""

import re
from dataclasses import dataclass

from lamplighter_keywords.errors import PatternRefused

LONGEST_PATTERN = 200
MOST_PATHS = 512
MOST_REPEATS = 20
DEEPEST = 8
_COUNT = re.compile(r"\{(\d{1,3})(?:,(\d{1,3}))?\}")
_CLASS = re.compile(r"\[\^?(?:[^\W_](?:-[^\W_])?)+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A pattern that passed: what to search for among folded words, and how many ways lead through it."""

    source: str
    paths: int

    def compiled(self) -> re.Pattern[str]:
        # The blank after a match is the blank before the next one: neither may be used up.
        return re.compile(rf"(?<= )(?:{self.source})(?= )")


def parse_pattern(text: str) -> Pattern:
    """Check a pattern; raise `PatternRefused` with what is wrong."""
    if len(text) > LONGEST_PATTERN:
        raise PatternRefused(f"a pattern has more than {LONGEST_PATTERN} characters")
    parser = _Parser(text)
    pattern = parser.alternatives(depth=0)
    if parser.at < len(text):
        raise PatternRefused(f"unexpected {text[parser.at]!r} at {parser.at}")
    compiled = pattern.compiled()
    if compiled.search("  ") or compiled.search(" "):
        raise PatternRefused("the pattern also matches nothing at all")
    return pattern


class _Parser:
    """Recursive descent; every method gives what it read as a `Pattern`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def _next(self) -> str:
        return self._text[self.at : self.at + 1]

    def alternatives(self, *, depth: int) -> Pattern:
        if depth > DEEPEST:
            raise PatternRefused("groups are nested too deep")
        branches = [self._sequence(depth=depth)]
        while self._next() == "|":
            self.at += 1
            branches.append(self._sequence(depth=depth))
        paths = _bounded(sum(branch.paths for branch in branches))
        return Pattern(source="|".join(branch.source for branch in branches), paths=paths)

    def _sequence(self, *, depth: int) -> Pattern:
        sources: list[str] = []
        paths = 1
        while self._next() not in {"", "|", ")"}:
            piece = self._counted(self._atom(depth=depth))
            sources.append(piece.source)
            paths = _bounded(paths * piece.paths)
        if not sources:
            raise PatternRefused(f"an empty alternative at {self.at}")
        return Pattern(source="".join(sources), paths=paths)

    def _atom(self, *, depth: int) -> Pattern:
        text, start = self._text, self.at
        character = text[start]
        if character == "(":
            return self._group(depth=depth)
        if character == "[":
            found = _CLASS.match(text, start)
            if not found:
                raise PatternRefused(f"a class at {start} may only hold letters, digits and ranges of them")
            self.at = found.end()
            return _single(found[0])
        if text.startswith("\\d", start):
            self.at += 2
            return _single("[0-9]")
        self.at += 1
        if character == ".":
            return _single("[^ ]")
        if character == " " or character.isalnum():
            return _single(character)
        raise PatternRefused(f"{character!r} at {start} is not in the subset")

    def _group(self, *, depth: int) -> Pattern:
        start = self.at
        self.at += 3 if self._text.startswith("(?:", start) else 1
        inner = self.alternatives(depth=depth + 1)
        if self._next() != ")":
            raise PatternRefused(f"the group at {start} is not closed")
        self.at += 1
        return Pattern(source=f"(?:{inner.source})", paths=inner.paths)

    def _counted(self, atom: Pattern) -> Pattern:
        low, high = 1, 1
        if self._next() == "?":
            low = 0
            self.at += 1
        elif self._next() == "{":
            found = _COUNT.match(self._text, self.at)
            if not found:
                raise PatternRefused(f"a count at {self.at} must be {{n}} or {{m,n}}")
            low, high = int(found[1]), int(found[2] or found[1])
            self.at = found.end()
        if high > MOST_REPEATS or low > high or high == 0:
            raise PatternRefused(f"a count must rise, up to {MOST_REPEATS}")
        if (low, high) == (1, 1):
            return atom
        if self._next() in {"?", "{"}:
            raise PatternRefused(f"two counts in a row at {self.at}")
        paths = _bounded(sum(atom.paths**times for times in range(low, high + 1)))
        count = "?" if (low, high) == (0, 1) else f"{{{low},{high}}}"
        return Pattern(source=atom.source + count, paths=paths)


def _single(source: str) -> Pattern:
    return Pattern(source=source, paths=1)


def _bounded(paths: int) -> int:
    if paths > MOST_PATHS:
        raise PatternRefused(f"more than {MOST_PATHS} ways lead through the pattern")
    return paths
