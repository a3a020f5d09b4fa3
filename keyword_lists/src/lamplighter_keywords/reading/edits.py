"""What became of a text with Backspaces in it, and what stood there before them.

U+0008 stands for one press of Backspace and takes away one code point; at the beginning it does nothing.
Every result knows, for each of its characters, the place in the raw text that it came from. Pure.
"""

import re
from collections import deque
from dataclasses import dataclass, field

BACKSPACE = "\b"
_PIECES = re.compile(r"[\b]+|[^\b]+")
# A draft carries this much of the text before what was deleted: enough for a phrase and the words it
# requires.
CONTEXT_CHARACTERS = 160
# Of a text in which more was deleted, the last; the agent's window holds fewer.
MOST_DRAFTS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text and where its characters stood. Of what begins at `deleted_from`, nothing was kept."""

    text: str = field(repr=False)
    origin: tuple[int, ...] = field(repr=False)
    deleted_from: int

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Give where `text[start:end]`, which is not empty, stands in the raw text."""
        return self.origin[start], self.origin[end - 1] + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The final text, and the high-water text before each of the last runs of Backspaces, oldest first."""

    final: Draft
    drafts: tuple[Draft, ...]


def apply_edits(text: str) -> Edited:
    """Carry out the Backspaces of a text."""
    standing, origin = list[str](), list[int]()
    drafts: deque[Draft] = deque(maxlen=MOST_DRAFTS)
    for piece in _PIECES.finditer(text):
        if not piece[0].startswith(BACKSPACE):
            standing += piece[0]
            origin += range(*piece.span())
            continue
        kept = max(0, len(standing) - len(piece[0]))
        if kept < len(standing):
            drafts.append(_draft(standing, origin, kept=kept))
        del standing[kept:], origin[kept:]
    final = Draft(text="".join(standing), origin=tuple(origin), deleted_from=len(standing))
    return Edited(final=final, drafts=tuple(drafts))


def _draft(standing: list[str], origin: list[int], *, kept: int) -> Draft:
    """Cut the high-water text to what was deleted and the words before it."""
    first = max(0, kept - CONTEXT_CHARACTERS)
    # Never begin inside a word: half a word could be taken for another one.
    while 0 < first < kept and standing[first - 1].isalnum():
        first += 1
    return Draft(text="".join(standing[first:]), origin=tuple(origin[first:]), deleted_from=kept - first)
