"""The words on the strip, fitted to the font and the width at hand: pure.

Where nothing is checked the strip says so; whose device it is, is then for the page to say.

The organisation's name comes from configuration and is never trusted to be drawable: what the font can't
show is left out, and where too little of the name would remain the strip says "your school". The rest of
the sentence and the link are ours and are always there, whatever the name.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

UNNAMED = "your school"
LINK = "What it checks"
HELP = "I need help"
_SENTENCE = "Lamplighter is on: this device belongs to "
_SHORT = "Lamplighter is on."
_OFF = ("Lamplighter is off: nothing is checked on this device now.", "Lamplighter is off.")
_RESTS = ("Lamplighter rests until {}: nothing is checked now.", "Lamplighter rests until {}.")
# Longer names are cut before anything is measured, so that a name of megabytes costs nothing.
_LONGEST = 300
_CONTROL = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Letters that join or run from the right need a shaping engine, which core X fonts do not have.
_RIGHT_TO_LEFT = {"R", "AL", "AN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StripWords:
    """What is drawn: a sentence and, underlined after it, the link to the page."""

    sentence: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the font can draw and how much fits: `has` a glyph, `width` in pixels, `pixels` to fill."""

    has: Callable[[str], bool]
    width: Callable[[str], int]
    pixels: int


def plain(name: str) -> str:
    """The name on one line: no control, format or private characters, single spaces."""
    composed = unicodedata.normalize("NFC", name[:_LONGEST])
    kept = (
        " " if char.isspace() else char
        for char in composed
        if char.isspace() or unicodedata.category(char) not in _CONTROL
    )
    return " ".join("".join(kept).split())


def drawable(name: str, has: Callable[[str], bool]) -> str:
    """The name as this font can show it, or UNNAMED where over a quarter of its letters would be lost."""
    name = plain(name)
    if any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in name):
        return UNNAMED
    shown = " ".join("".join(_nearest(char, has) for char in name).split())
    letters = sum(char.isalnum() for char in name)
    left = sum(char.isalnum() for char in shown)
    return shown if left and left * 4 >= letters * 3 else UNNAMED


def words_for(organisation: str, room: Room, *, on: bool = True, rests_until: str = "") -> StripWords:
    """The longest honest sentence that leaves room for the link."""
    link_width = room.width("  " + LINK)
    off = (*(sentence.format(rests_until) for sentence in _RESTS if rests_until), *_OFF)
    for sentence in (*_on_sentences(organisation, room), _SHORT) if on else off:
        if room.width(sentence) + link_width <= room.pixels:
            return StripWords(sentence=sentence, link=LINK)
    return StripWords(sentence="", link=LINK)


def _on_sentences(organisation: str, room: Room) -> Iterator[str]:
    name = drawable(organisation, room.has)
    for candidate in (name, *_shortened(name), UNNAMED):
        yield _SENTENCE + candidate + ("" if candidate.endswith(".") else ".")


def _nearest(char: str, has: Callable[[str], bool]) -> str:
    if has(char):
        return char
    base = (part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return "".join(part for part in base if has(part))


def _shortened(name: str) -> list[str]:
    return [name[:length].rstrip() + "..." for length in range(len(name) - 1, 7, -1)]
