"""Whether the exceptions of a term do what their editor thinks: excuse something, and not the term itself."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from lamplighter_keywords.knowledge import Knowledge
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.terms import KeywordList, KeywordPack, Mode, Scope, Source, Term, UserKind


def idle_exceptions(keyword_list: KeywordList, term: Term, knowledge: Knowledge) -> Iterator[str]:
    """Tell of each exception that excuses nothing, or everything."""
    if not term.exceptions or term.match is Mode.REGEX:
        return
    own = {fold(text) for text in term.text}
    strange = []
    for exception in term.exceptions:
        folded = fold(exception)
        if folded in own:
            yield f"the exception {exception!r} is a text of the term itself; add the words around it"
        elif term.match is not Mode.ALL_OF and own.isdisjoint(_runs(folded.split())):
            strange.append(exception)
    if not strange:
        return
    # Only for what doesn't hold a text letter by letter: making a matcher takes long.
    bare = replace(term, exceptions=(), requires=None)
    matcher = _matcher_of(keyword_list, bare, knowledge)
    for exception in strange:
        if not is_found(matcher, bare, exception):
            yield f"the exception {exception!r} does not hold a text of the term, so it excuses nothing"


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Give every run of words that follow each other."""
    for start, end in combinations(range(len(words) + 1), 2):
        yield " ".join(words[start:end])


def silenced_hits(
    keyword_list: KeywordList, term: Term, more: Sequence[str], knowledge: Knowledge
) -> Iterator[str]:
    """Tell of each example of a term (`tests.hit`) that it would not find with these exceptions, too."""
    if not term.tests.hit:
        return
    excused = replace(term, exceptions=(*term.exceptions, *more))
    before, after = (_matcher_of(keyword_list, one, knowledge) for one in (term, excused))
    for hit in term.tests.hit:
        if is_found(before, term, hit) and not is_found(after, excused, hit):
            yield f"the exception silences what this term is there for ({hit!r}); write a longer phrase"


def is_found(matcher: Matcher, term: Term, text: str) -> bool:
    """Say whether a term is found for somebody, and in some kind of text, that it is meant for."""
    if not term.sources.isdisjoint({Scope.TYPED, Scope.PASTED}):
        source = Source.TYPED if Scope.TYPED in term.sources else Source.PASTED
    else:
        source = Source.WINDOW_TITLE
    user_kind = UserKind.PUPIL if UserKind.PUPIL in term.user_kinds else UserKind.STAFF
    found = matcher.match(text, source=source, user_kind=user_kind)
    return any(match.term == term.id for match in found)


def _matcher_of(keyword_list: KeywordList, term: Term, knowledge: Knowledge) -> Matcher:
    # Its anchors are numbers of words that only its own pack has.
    alone = replace(keyword_list, terms=(replace(term, anchors=()),))
    return Matcher(KeywordPack(lists=(alone,), themes={}, knowledge=knowledge))
