"""Sentences that the shipped lists are known to match, one term each, for journeys that type them."""

import re
from dataclasses import dataclass
from functools import cache

from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.shipped import load_shipped
from lamplighter_keywords.terms import Source, UserKind

ALERT = 2
TYPABLE = re.compile(r"[a-z ]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A sentence, and the one term of severity 2 or more that it contains."""

    sentence: str
    term: str
    theme: str


@cache
def listed() -> tuple[Listed, ...]:
    """Return every shipped sentence of plain letters that matches exactly one term, themes taking turns."""
    pack = load_shipped()
    matcher = Matcher(pack)
    by_theme: dict[str, list[Listed]] = {}
    for keywords in pack.lists:
        for term in keywords.terms:
            sentence = next((hit for hit in term.tests.hit if TYPABLE.fullmatch(hit)), None)
            if sentence is None:
                continue
            if _places(matcher, sentence, term.id) == 1:
                found = Listed(sentence=sentence, term=term.id, theme=keywords.theme)
                by_theme.setdefault(keywords.theme, []).append(found)
    longest = max(map(len, by_theme.values()))
    turns = (row[turn] for turn in range(longest) for row in by_theme.values() if turn < len(row))
    return tuple(turns)


def _places(matcher: Matcher, sentence: str, term: str) -> int:
    """Return in how many separate places the term, and no other, is seen while the sentence is typed."""
    words = sentence.split(" ")
    counted_to, places = -1, 0
    for count in range(1, len(words) + 1):
        text = " ".join(words[:count]) + " "
        for match in matcher.match(text, source=Source.TYPED, user_kind=UserKind.PUPIL):
            if match.term != term or match.severity < ALERT:
                return 0
            places += match.start >= counted_to
            counted_to = max(counted_to, match.end)
    return places
