"""Cuts the evidence out of a text: the matched words and at most 40 characters either side. Pure.

The text is as typed, with U+0008 for Backspace, and a match names its span there. Edits are applied to each
of the three pieces, so that a reader sees words and not keystrokes; characters that were deleted around a
match never show, and a match that was deleted itself shows as it stood.
"""

from lamplighter_keywords.reading.edits import apply_edits

from lamplighter_agent.detection import Evidence

AROUND = 40
# A NUL can't be stored by every database, and no person typed one.
_STORABLE = str.maketrans({"\x00": "\N{REPLACEMENT CHARACTER}"})


def cut(text: str, start: int, end: int) -> Evidence:
    """Return the evidence of the match at `text[start:end]`."""
    before, matched, after = (_as_read(piece) for piece in (text[:start], text[start:end], text[end:]))
    return Evidence(before=before[-AROUND:], matched=matched, after=after[:AROUND])


def _as_read(piece: str) -> str:
    return apply_edits(piece).final.text.translate(_STORABLE)
