"""Words taken apart: letters with signs between them, and letters behind asterisks. Pure."""

import re
from collections.abc import Iterable, Iterator

# "k.i.l.l": single letters with one kind of sign between them.
_SPACED = re.compile(r"[^\W_](?:([^\w]+|_+)[^\W_])(?:\1[^\W_])+")
_SIGNS = re.compile(r"[\W_]+")
# What is written in place of one letter. A hyphen may also part two words, so it counts only where nothing
# else explains it.
HIDING = "*#_\u2022\u00d7%-\u2013?"
SHORTEST_HIDDEN = 4
# A row of separated letters as words: at least so many.
FEWEST_LETTERS = 3
_ROW = re.compile(b"\x01{%d,}" % FEWEST_LETTERS)


def spaced_letters(token: str) -> str:
    """Give the letters of a token such as "k.i.l.l"; empty for every other token."""
    return _SIGNS.sub("", token) if _SPACED.fullmatch(token) else ""


def pieces(token: str) -> list[str]:
    """Give what stands between the signs of a token."""
    return [piece for piece in _SIGNS.split(token) if piece]


def runs_of_letters(is_letter: list[bool]) -> Iterator[tuple[int, int]]:
    """Give first and last of each row of `FEWEST_LETTERS` or more tokens that are one letter long."""
    for row in _ROW.finditer(bytes(is_letter)):
        yield row.start(), row.end() - 1


def groups(letters: list[str], gaps: list[str]) -> list[str]:
    """Put letters together to words: wider gaps part words, equal ones part letters only.

    `gaps[n]` stands between `letters[n]` and the next one.
    """
    narrow = min(gaps, key=len)
    words = [letters[0]]
    for gap, letter in zip(gaps, letters[1:], strict=True):
        if gap == narrow:
            words[-1] += letter
        else:
            words.append(letter)
    return words


class HiddenWords:
    """The listed words by their length and first letter, for "su*cide" and "k**l"."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[tuple[int, str], list[str]] = {}
        for word in sorted(words):
            if len(word) >= SHORTEST_HIDDEN and word.isalpha():
                self._words.setdefault((len(word), word[0]), []).append(word)

    def behind(self, token: str) -> list[str]:
        """Give the listed words that a token may stand for: half of its letters are seen, the first is."""
        seen = sum(character.isalpha() for character in token)
        hidden = sum(character in HIDING for character in token)
        if len(token) < SHORTEST_HIDDEN or not hidden or seen + hidden < len(token) or seen < hidden:
            return []
        pattern = re.compile("".join("." if one in HIDING else re.escape(one) for one in token))
        return [word for word in self._words.get((len(token), token[0]), ()) if pattern.fullmatch(word)]
