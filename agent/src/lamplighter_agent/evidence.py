"""Cuts the evidence out of a text: the matched words and at most 40 characters either side. Pure.

The text is as typed, with U+0008 for Backspace, and a match names its span there. Edits are applied to each
of the three pieces, so that a reader sees words and not keystrokes; characters that were deleted around a
match never show, and a match that was deleted itself shows as it stood. Words that a licence withholds are
replaced, wherever they stand in what would be shown.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate

from lamplighter_keywords.licensed_lane import WITHHELD
from lamplighter_keywords.reading.edits import apply_edits

from lamplighter_agent.detection import Evidence

AROUND = 40
# A NUL can't be stored by every database, and no person typed one.
_STORABLE = str.maketrans({"\x00": "\N{REPLACEMENT CHARACTER}"})

Spans = Sequence[tuple[int, int]]


def _nothing(_: str) -> Spans:
    return ()


def cut(text: str, start: int, end: int, withheld: Callable[[str], Spans] = _nothing) -> Evidence:
    """Return the evidence of the match at `text[start:end]`; `withheld` says what of a text may not show."""
    pieces = [_as_read(piece) for piece in (text[:start], text[start:end], text[end:])]
    before, matched, after = _shown(pieces, withheld)
    # Again, as it is cut: half a word may be a whole one.
    before, matched, after = _shown([before[-AROUND:], matched, after[:AROUND]], withheld)
    return Evidence(before=before[-AROUND:], matched=matched, after=after[:AROUND])


def _shown(pieces: Sequence[str], withheld: Callable[[str], Spans]) -> list[str]:
    hidden = withheld("".join(pieces))
    begins = accumulate(map(len, pieces[:-1]), initial=0)
    return [_without(piece, begin, hidden) for piece, begin in zip(pieces, begins, strict=True)]


def _without(piece: str, begin: int, hidden: Spans) -> str:
    """Replace what is hidden of a piece that begins at `begin` of the whole."""
    shown, at = [], 0
    for start, end in hidden:
        first, last = max(start - begin, at), min(end - begin, len(piece))
        if first < last:
            shown += [piece[at:first], WITHHELD]
            at = last
    return "".join([*shown, piece[at:]])


def _as_read(piece: str) -> str:
    return apply_edits(piece).final.text.translate(_STORABLE)
