"""Words taken apart: letters with signs between them, and letters behind asterisks. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter

# "k.i.l.l": single letters with one kind of sign between them.
_SPACED = re.compile(r"[^\W_](?:([^\w]+|_+)[^\W_])(?:\1[^\W_])+")
_SIGNS = re.compile(r"[\W_]+")
# What is written in place of one letter. A hyphen may also part two words, so it counts only where nothing
# else explains it.
HIDING = "*#_\u2022\u00d7%-\u2013?"
SHORTEST_HIDDEN = 4
# A row of separated letters as words: at least so many.
FEWEST_LETTERS = 3
_FEWEST = b"\x01" * FEWEST_LETTERS
_ROW = re.compile(b"\x01{%d,}" % FEWEST_LETTERS)


def spaced_letters(token: str) -> str:
    """Give the letters of a token such as "k.i.l.l"; empty for every other token."""
    return _SIGNS.sub("", token) if _SPACED.fullmatch(token) else ""


def pieces(token: str) -> list[str]:
    """Give what stands between the signs of a token."""
    return [piece for piece in _SIGNS.split(token) if piece]


def runs_of_letters(is_letter: Iterable[bool]) -> list[tuple[int, int]]:
    """Give first and last of each row of `FEWEST_LETTERS` or more tokens that are one letter long."""
    letters = bytes(is_letter)
    # Nearly every text ends here.
    return [(row.start(), row.end() - 1) for row in _ROW.finditer(letters)] if _FEWEST in letters else []


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


def behind(token: str, ordered: Sequence[str]) -> list[str]:
    """Give the words that "su*cide" or "k**l" may stand for: half of the letters are seen, the first is.

    `ordered` are the listed words in order; those with that letter are gone through, a few thousand at most.
    """
    seen = sum(character.isalpha() for character in token)
    hidden = sum(character in HIDING for character in token)
    if len(token) < SHORTEST_HIDDEN or not hidden or seen + hidden < len(token) or seen < hidden:
        return []
    pattern = re.compile("".join("." if one in HIDING else re.escape(one) for one in token))
    size = len(token)
    return [
        word
        for word in beginning_with(token[0], ordered)
        if len(word) == size and pattern.fullmatch(word) and word.isalpha()
    ]


def beginning_with(letter: str, ordered: Sequence[str]) -> Sequence[str]:
    """Give the words with this first letter, of words that are in order and not empty."""
    low = bisect_left(ordered, letter)
    return ordered[low : bisect_right(ordered, letter, low, key=itemgetter(0))]
