"""Sentences that the shipped lists are known to match, one term each, for journeys that type them."""

import re
from dataclasses import dataclass
from functools import cache

from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.shipped import load_compiled, load_shipped
from lamplighter_keywords.terms import Source, UserKind

ALERT = 2
TYPABLE = re.compile(r"[a-z ]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A sentence, and the one term of severity 2 or more that it contains.

    `until` is its beginning up to the word that makes it match, `words` the matched words at its end.
    """

    sentence: str
    until: str
    words: str
    term: str
    theme: str


@cache
def listed() -> tuple[Listed, ...]:
    """Return every shipped sentence of plain letters that matches exactly one term, themes taking turns."""
    pack = load_shipped()
    matcher = Matcher(load_compiled())
    by_theme: dict[str, list[Listed]] = {}
    for keywords in pack.lists:
        for term in keywords.terms:
            sentence = next((hit for hit in term.tests.hit if TYPABLE.fullmatch(hit)), None)
            if sentence is None:
                continue
            begun = _until(matcher, sentence, term.id)
            if begun is not None:
                until, words = begun
                found = Listed(
                    sentence=sentence, until=until, words=words, term=term.id, theme=keywords.theme
                )
                by_theme.setdefault(keywords.theme, []).append(found)
    longest = max(map(len, by_theme.values()))
    turns = (row[turn] for turn in range(longest) for row in by_theme.values() if turn < len(row))
    return tuple(turns)


def _until(matcher: Matcher, sentence: str, term: str) -> tuple[str, str] | None:
    """Return the beginning that first matches, and its matched words.

    None if typing the rest finds another term or another place, too.
    """
    words = sentence.split(" ")
    counted_to = -1
    until: tuple[str, str] | None = None
    for count in range(1, len(words) + 1):
        text = " ".join(words[:count])
        for match in matcher.match(text + " ", source=Source.TYPED, user_kind=UserKind.PUPIL):
            again = until is not None and match.start >= counted_to
            if match.term != term or match.severity < ALERT or again:
                return None
            until = until or (text, text[match.start : match.end])
            counted_to = max(counted_to, match.end)
    return until
