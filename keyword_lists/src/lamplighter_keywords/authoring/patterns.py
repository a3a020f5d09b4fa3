r"""The bounded subset of regular expressions that a list may use.

A pattern runs over folded words (small letters, digits, single spaces) and always covers whole words. It may
hold letters and digits, `\d`, `\w`, `\s`, `\b`, `.` for any one character, classes such as `[abc]` and
`[^a-f]`, groups `( | )`, and the counts `?`, `{n}` and `{m,n}`. Its letters and signs are folded as those of
a text: "don't" is "dont" and a hyphen is a blank.

`*`, `+` and `{n,}` are taken to end at `MOST_REPEATS`; lint asks for the end to be written out. Look-arounds
and back-references can't be bounded: they are refused, and so is a pattern with more than `MOST_PATHS` ways
through it, such as a count inside a count. That bounds the time of a search, whatever the text.
"""

import re
from dataclasses import dataclass, replace

from lamplighter_keywords.errors import PatternRefused
from lamplighter_keywords.reading.normalise import fold_character

LONGEST_PATTERN = 200
MOST_PATHS = 512
MOST_REPEATS = 20
DEEPEST = 8
_COUNT = re.compile(r"\{(\d{1,3})(,(\d{1,3})?)?\}")
_ESCAPES = {"d": "[0-9]", "w": "[^ ]", "s": " ", "b": r"\b"}
_CLASS = re.compile(r"\[\^?(?:[^\W_](?:-[^\W_])?)+\]")
_ALLOWED = r"allowed are letters, digits, . [ ] ( | ) ? {n} {m,n} and \d \w \s \b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A pattern that passed: what to search for among folded words, and how many ways lead through it."""

    source: str
    paths: int
    # Holds `*`, `+` or `{n,}`, whose end is ours and not the editor's.
    open_ended: bool = False

    def compiled(self) -> re.Pattern[str]:
        # The blank after a match is the blank before the next one: neither may be used up.
        return re.compile(rf"(?<= )(?:{self.source})(?= )")


def parse_pattern(text: str) -> Pattern:
    """Check a pattern; raise `PatternRefused` with what is wrong."""
    if len(text) > LONGEST_PATTERN:
        raise PatternRefused(f"a pattern has at most {LONGEST_PATTERN} characters; write several texts")
    parser = _Parser(text)
    pattern = replace(parser.alternatives(depth=0), open_ended=parser.open_ended)
    if parser.at < len(text):
        raise PatternRefused(f"{_place(text, parser.at)}: a bracket is closed that nothing opened")
    compiled = pattern.compiled()
    if compiled.search("  ") or compiled.search(" "):
        raise PatternRefused("nothing at all would match it, too; it must ask for a letter or a digit")
    return pattern


class _Parser:
    """Recursive descent; every method gives what it read as a `Pattern`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0
        self.open_ended = False

    def _next(self) -> str:
        return self._text[self.at : self.at + 1]

    def alternatives(self, *, depth: int) -> Pattern:
        if depth > DEEPEST:
            raise PatternRefused(f"brackets stand in brackets more than {DEEPEST} deep; write several texts")
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
            raise PatternRefused(
                f"{_place(self._text, self.at)}: nothing stands on one side of |, or in the brackets"
            )
        return Pattern(source="".join(sources), paths=paths)

    def _atom(self, *, depth: int) -> Pattern:
        text, start = self._text, self.at
        character = text[start]
        if character == "(":
            return self._group(depth=depth)
        if character == "[":
            found = _CLASS.match(text, start)
            if not found:
                raise PatternRefused(
                    f"{_place(text, start)}: between [ and ] stand letters, digits and ranges such as a-f"
                )
            self.at = found.end()
            return _single(found[0])
        if character == "\\":
            return self._escape()
        self.at += 1
        if character == ".":
            return _single(".")
        if character in "*+?{}^$]":
            raise PatternRefused(f"{_place(text, start)}: this sign can't be used here; {_ALLOWED}")
        return _single(fold_character(character))

    def _escape(self) -> Pattern:
        start = self.at
        escaped = self._text[start + 1 : start + 2]
        if escaped not in _ESCAPES:
            raise PatternRefused(
                f"{_place(self._text, start)}: a backslash stands before d, w, s or b only; {_ALLOWED}"
            )
        self.at += 2
        return _single(_ESCAPES[escaped])

    def _group(self, *, depth: int) -> Pattern:
        start = self.at
        self.at += 3 if self._text.startswith("(?:", start) else 1
        inner = self.alternatives(depth=depth + 1)
        if self._next() != ")":
            raise PatternRefused(f"{_place(self._text, start)}: this bracket is not closed")
        self.at += 1
        return Pattern(source=f"(?:{inner.source})", paths=inner.paths)

    def _counted(self, atom: Pattern) -> Pattern:
        low, high = self._count()
        if high > MOST_REPEATS or low > high or high == 0:
            raise PatternRefused(
                f"how often, such as {{1,3}}, is from few to many and {MOST_REPEATS} at most"
            )
        if (low, high) == (1, 1):
            return atom
        if self._next() in {"?", "{", "*", "+"}:
            raise PatternRefused(f"{_place(self._text, self.at)}: how often is said twice; say it once")
        if not atom.source or atom.source == _ESCAPES["b"]:
            raise PatternRefused(
                f"{_place(self._text, self.at - 1)}: nothing stands before the sign that says how often"
            )
        paths = _bounded(sum(atom.paths**times for times in range(low, high + 1)))
        count = "?" if (low, high) == (0, 1) else f"{{{low},{high}}}"
        # A character that folds to several counts as one.
        source = atom.source if atom.source[0] in "([" or len(atom.source) == 1 else f"(?:{atom.source})"
        return Pattern(source=source + count, paths=paths)

    def _count(self) -> tuple[int, int]:
        sign = self._next()
        if sign in {"?", "*", "+"}:
            self.at += 1
            self.open_ended |= sign != "?"
            return (1 if sign == "+" else 0), (1 if sign == "?" else MOST_REPEATS)
        if sign != "{":
            return 1, 1
        found = _COUNT.match(self._text, self.at)
        if not found:
            raise PatternRefused(f"{_place(self._text, self.at)}: how often is written {{3}} or {{1,3}}")
        self.at = found.end()
        self.open_ended |= bool(found[2]) and not found[3]
        low = int(found[1])
        if not found[2]:
            return low, low
        return low, int(found[3]) if found[3] else max(low, MOST_REPEATS)


def _place(text: str, at: int) -> str:
    """Name a place for an editor, who counts from one."""
    sign = f" ({text[at]})" if 0 <= at < len(text) else ""
    return f"character {at + 1}{sign}"


def _single(source: str) -> Pattern:
    return Pattern(source=source, paths=1)


def _bounded(paths: int) -> int:
    if paths > MOST_PATHS:
        raise PatternRefused(
            f"it could be read in more than {MOST_PATHS} ways; write several texts with fewer ? and {{m,n}}"
        )
    return paths
