"""What the lists hold, counted by ideas and not by lines, and whether each idea has its own reason. Pure.

Two terms whose content words are the same, whatever their order, inflection and small words, are one entry:
otherwise "kill myself" and "killing my self" would be two.
"""

from collections.abc import Iterable, Iterator

from lamplighter_keywords.authoring.inflection import UNCHANGING
from lamplighter_keywords.authoring.phrases import GAP, Classes, plainly
from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.terms import KeywordList, Term

_SHORTEST_STEM = 3
_VOWELS = "aeiou"


def count_entries(lists: Iterable[KeywordList], classes: Classes) -> dict[str, int]:
    """Count, for each language, the terms with content words that no other term has."""
    seen: dict[str, set[frozenset[str]]] = {}
    for one in lists:
        seen.setdefault(one.language, set()).update(content_words(term, classes) for term in one.terms)
    return {language: len(found) for language, found in sorted(seen.items())}


def content_words(term: Term, classes: Classes) -> frozenset[str]:
    """Give the stems of what a term's texts say, without small words unless there are no others."""
    words = {
        word
        for text in term.text
        for spelling in plainly(text, classes)
        for word in fold(spelling).split()
        if word != GAP
    }
    return frozenset(map(stem, words - UNCHANGING or words))


def repeated_notes(lists: Iterable[KeywordList]) -> Iterator[tuple[KeywordList, Term, Term]]:
    """Give each term whose note another term of its language had before it, and that other term.

    The same idea in two languages has the same reason.
    """
    first: dict[tuple[str, str], Term] = {}
    for one in lists:
        for term in one.terms:
            note = one.language, fold(term.note)
            if note[1] and first.setdefault(note, term) is not term:
                yield one, term, first[note]


def stem(word: str) -> str:
    """Cut the endings of regular English words, so that each form of one gives the same."""
    if word.endswith(("ies", "ied")):
        return word[:-3] + "y"
    for ending in ("ing", "ed", "es", "s"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= _SHORTEST_STEM and not (ending == "s" and rest[-1] in "su"):
            word = rest
            break
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in _VOWELS:
        word = word[:-1]
    return word.removesuffix("e") if len(word) > _SHORTEST_STEM else word
