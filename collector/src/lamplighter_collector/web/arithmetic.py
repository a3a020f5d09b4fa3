"""The severity arithmetic in plain words.

A device sends short reasons: ``term``, ``window title``, or what a context says in plain words; an older one
sends ``context`` and its name. One that this collector does not know is shown as it came: it is written by
our own agent and never holds what a person typed.
"""

from typing import Final

from lamplighter_keywords.judging.severity import PLAIN

Addends = tuple[tuple[str, int], ...]

_REASONS: Final = {
    "term": "the term starts here",
    "licensed list": "the licensed list starts here",
    "portable media without permission": "no permission was given for the medium",
    "window title": "it was a window's title, not typed",
    "typed, then deleted": "it was typed and then deleted",
    "typing slip": "it was read with a typing slip put right",
}


def reason_words(reason: str) -> str:
    kind, _, name = reason.partition(" ")
    if kind == "context":
        return PLAIN.get(name, f"of the words around it ({name})")
    return _REASONS.get(reason, reason)


def what_moved(addends: Addends) -> str:
    """What raised or lowered the severity, as the end of a sentence; empty when nothing did."""
    raised = [reason_words(reason) for reason, value in addends[1:] if value > 0]
    lowered = [reason_words(reason) for reason, value in addends[1:] if value < 0]
    parts = []
    if raised:
        parts.append(f"It counts higher because {' and '.join(raised)}.")
    if lowered:
        parts.append(f"It counts lower because {' and '.join(lowered)}.")
    return " ".join(parts)
