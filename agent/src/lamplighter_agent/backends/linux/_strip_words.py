"""The words on the strip, fitted to the font and the width at hand: pure.

Where nothing is checked the strip says so; whose device it is, is then for the page to say.

The organisation's name comes from configuration and is never trusted to be drawable: what the font can't
show is left out, and where too little of the name would remain the strip says "your school". The rest of
the sentence and the link are ours and are always there, whatever the name. A language whose letters the font
does not have gives way to English.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lamplighter_agent.backends.linux._strip_letters import drawn, has_from_right, isolated
from lamplighter_agent.backends.one_line import one_line
from lamplighter_agent.notice.languages import ENGLISH, Language, StripTexts, language_of, moment_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the strip tells, to whom: `language` is a tag or a locale, `rests_until` the policy's moment."""

    organisation: str
    language: str = ENGLISH
    on: bool = False
    rests_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StripWords:
    """What is drawn, in the order of drawing: a sentence, the underlined link to the page, and the button.

    `right` says that the sentence begins at the right.
    """

    sentence: str
    link: str
    help: str
    right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the font can draw and how much fits: `has` a glyph, `width` in pixels, `pixels` to fill."""

    has: Callable[[str], bool]
    width: Callable[[str], int]
    pixels: int


def language_for(language: str, has: Callable[[str], bool]) -> Language:
    """Return the words of this language, or the English ones where the font can't draw all of them."""
    wanted = language_of(language)
    texts = wanted.strip
    said = (texts.on, texts.off, texts.rests, texts.link, texts.unnamed, wanted.help.title)
    needed = "".join((*said, *texts.days, *texts.months))
    return wanted if _all_drawn(needed, has, right=_right(wanted)) else language_of(ENGLISH)


def drawable(name: str, has: Callable[[str], bool]) -> str:
    """The name as this font can show it, or "" where over a quarter of its letters would be lost."""
    name = one_line(name)
    if has_from_right(name):
        # A joined word without one of its letters is another word.
        return name if _all_drawn(name, has, right=False) else ""
    shown = " ".join("".join(_nearest(char, has) for char in name).split())
    letters = sum(char.isalnum() for char in name)
    left = sum(char.isalnum() for char in shown)
    return shown if left and left * 4 >= letters * 3 else ""


def words_for(told: Told, room: Room) -> StripWords:
    """The longest honest sentence that leaves room for the link."""
    language = language_for(told.language, room.has)
    right, texts = _right(language), language.strip
    link = drawn(texts.link, right=right)
    link_width = room.width("  " + link)
    sentences = _on_sentences(told.organisation, texts, room) if told.on else _off_sentences(told, texts)
    fits = (drawn(sentence, right=right) for sentence in sentences)
    sentence = next((one for one in fits if room.width(one) + link_width <= room.pixels), "")
    return StripWords(sentence=sentence, link=link, help=drawn(language.help.title, right=right), right=right)


def _on_sentences(organisation: str, texts: StripTexts, room: Room) -> Iterator[str]:
    name = drawable(organisation, room.has)
    for candidate in (name, *_shortened(name), texts.unnamed):
        if candidate:
            # No second full stop after one of the name's own.
            sentence = texts.on.replace("{organisation}.", "{organisation}" + "." * (candidate[-1] != "."))
            yield sentence.replace("{organisation}", isolated(candidate))
    yield texts.on_short


def _off_sentences(told: Told, texts: StripTexts) -> Iterator[str]:
    if told.rests_until:
        until = moment_in(texts, told.rests_until)
        yield from (sentence.replace("{until}", until) for sentence in (texts.rests, texts.rests_short))
    yield from (texts.off, texts.off_short)


def _right(language: Language) -> bool:
    return language.direction == "rtl"


def _all_drawn(text: str, has: Callable[[str], bool], *, right: bool) -> bool:
    return all(has(char) for char in set(drawn(text, right=right)))


def _nearest(char: str, has: Callable[[str], bool]) -> str:
    if has(char):
        return char
    base = (part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return "".join(part for part in base if has(part))


def _shortened(name: str) -> list[str]:
    return [name[:length].rstrip() + "..." for length in range(len(name) - 1, 7, -1)]
