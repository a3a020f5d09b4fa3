"""Whether a text of a term says anything by itself: an everyday word, a place or an identity does not.

Each check gives what is wrong, in words for a list's editor. Pure.
"""

from collections.abc import Iterable, Iterator

from lamplighter_keywords.authoring.everyday_words import EVERYDAY, FILLERS, IDENTITY
from lamplighter_keywords.authoring.ordinary_names import NAMES
from lamplighter_keywords.authoring.patterns import parse_pattern
from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.reading.vocabulary import Vocabulary
from lamplighter_keywords.terms import Confidence, Mode, Term

_ADVICE = 'write a longer phrase, add a line such as requires = { any_of = ["..."] }, or give it severity 1'


def everyday(term: Term, vocabulary: Vocabulary) -> Iterator[str]:
    """Tell of each text, with its spellings written out, that pupils write every day and mean nothing by."""
    if term.requires or term.severity == 1 or term.match is Mode.ALL_OF:
        return
    if term.match is Mode.REGEX:
        for text, word in _read_as(term, EVERYDAY | NAMES):
            yield f"{text!r} also finds the everyday word {word!r}; {_ADVICE}"
        return
    for text in term.text:
        folded = fold(text)
        if folded in EVERYDAY or (folded and FILLERS.issuperset(folded.split())):
            yield f"{text!r} is an everyday word; {_ADVICE}"
        elif folded in NAMES:
            yield f"{text!r} is an everyday word: a place or a name; {_ADVICE}"
        elif " " not in folded and vocabulary.is_common(folded) and term.confidence is not Confidence.HIGH:
            sure = 'or, if it means one thing only, confidence = "high"'
            yield f"{text!r} is an everyday word: many people write it; {_ADVICE}, {sure}"


def identity(term: Term) -> Iterator[str]:
    """Tell of each text that only says who somebody is, also at severity 1."""
    if term.requires:
        return
    problem = "only says who somebody is; identity is never a concern by itself"
    if term.match is Mode.REGEX:
        yield from (f"{text!r} {problem}" for text, _ in _read_as(term, IDENTITY))
    elif term.match is Mode.ALL_OF:
        if all(map(_is_filler, term.text)) and any(map(_names_an_identity, term.text)):
            yield f"{' + '.join(term.text[:3])!r} {problem}"
    else:
        found = (text for text in term.text if _names_an_identity(text) and _is_filler(text))
        yield from (f"{text!r} {problem}" for text in found)


def _read_as(term: Term, words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give each regular expression that is satisfied with one of the words, and the first of these."""
    for text in term.text:
        pattern = parse_pattern(text).compiled()
        word = next((word for word in sorted(words) if pattern.search(f" {word} ")), "")
        if word:
            yield text, word


def _is_filler(text: str) -> bool:
    """Say whether a text has nothing but identities and words that add nothing to them."""
    return all(word in FILLERS or _is_identity(word) for word in fold(text).split())


def _names_an_identity(text: str) -> bool:
    return any(map(_is_identity, fold(text).split()))


def _is_identity(word: str) -> bool:
    singular = word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")
    return word in IDENTITY or singular in IDENTITY
