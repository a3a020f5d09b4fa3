"""Anchors: the few words that show where a term is worth looking for.

The terms of the shipped lists, written out, are a quarter of a million spellings. To search every text for
all of them, a device would have to write them out at each start and keep them, though hardly one is ever met.
So a text is searched for *anchors*: runs of one to three neighbouring words, or a whole spelling, chosen so
that each spelling of a term holds one of its anchors. Where no anchor of a term stands, the term can't stand
either; where one does, the term is written out (`written`) and looked for itself. An anchor decides nothing
but that. "(send|show) me (a|your) (nude|nudes)" has eight spellings and two anchors, "nude" and "nudes".

Some terms have several parts that must all be there: those of an all_of term, and the words of `requires`.
Then one group of anchors leads to the term, that of the part which is met least often, and of every other
group at least one anchor must be in the text, too.

Anchors are chosen when a pack is compiled, and stored with each term; a term that has none yet gets them when
a rule book is made. Pure.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush

from lamplighter_keywords.authoring.everyday_words import EVERYDAY
from lamplighter_keywords.authoring.inflection import UNCHANGING
from lamplighter_keywords.authoring.phrases import GAP
from lamplighter_keywords.authoring.wording import Wording
from lamplighter_keywords.reading.speech import Speech
from lamplighter_keywords.reading.vocabulary import Vocabulary
from lamplighter_keywords.terms import RUN_END, Anchors, KeywordPack, ListedWords, Mode, Term

WORDING = 1
"""Raised whenever texts come to be written out otherwise: the anchors of before may miss their forms."""

# A part in so few spellings is its own anchor.
_FEW = 3
_WIDEST_RUN = 3
# What an anchor's place in memory is worth: so many hits in ten thousand words, of one that leads to a term,
# and of one that must only be there as well.
_ROOM = 1.0
_ROOM_BESIDE = 100.0
# A part that more anchors stand for is not asked about: the others decide.
_MOST_BESIDE = 60
# Of ten thousand words of ordinary writing so many are a given word of this kind. Guessed: it is the order
# that counts.
_SMALL, _EVERYDAY, _COMMON, _KNOWN, _RARE = 100.0, 20.0, 2.0, 0.1, 0.01
_WORDS = 10_000
# A word is met beside those that it is used with so many times oftener than by chance.
_TOGETHER = 10
_SMALLEST = 2


class _Rates(dict[str, float]):
    """How often words are met in ten thousand, as far as they tell."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, word: str) -> float:
        if word in UNCHANGING or len(word) <= _SMALLEST:
            rate = _SMALL
        elif word in EVERYDAY:
            rate = _EVERYDAY
        elif self._vocabulary.is_common(word):
            rate = _COMMON
        else:
            rate = _KNOWN if word in self._vocabulary else _RARE
        self[word] = rate
        return rate

    def of_run(self, run: str) -> float:
        first, *more = run.split()
        rate = self[first]
        for word in more:
            rate *= min(1.0, self[word] * _TOGETHER / _WORDS)
        return rate


class Chooser:
    """Chooses anchors. Remembers how often words are met, so one serves a whole pack."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._rates = _Rates(vocabulary)

    def groups(self, parts: Sequence[Sequence[str]]) -> list[list[str]]:
        """Give the anchors of each part of a term: of the one that leads to it first, the others in order.

        The forms of a part are as `longest_part` gives them. Of a part whose words are everywhere there may
        be no group.
        """
        chosen = [self._chosen(forms, _ROOM) for forms in parts]
        if len(chosen) == 1:
            # Nearly every term; how often its words are met need not be asked.
            return chosen
        costs = [sum(self._rates.of_run(run) + _ROOM for run in group) for group in chosen]
        leading = min(range(len(parts)), key=costs.__getitem__)
        beside = [self._chosen(forms, _ROOM_BESIDE) for nth, forms in enumerate(parts) if nth != leading]
        return [chosen[leading], *(group for group in beside if len(group) <= _MOST_BESIDE)]

    def _chosen(self, forms: Sequence[str], room: float) -> list[str]:
        """Cover all forms (greedily, the cheapest run for each form it covers first); in order."""
        if len(forms) <= _FEW:
            return sorted(forms)
        covered_by: dict[str, set[int]] = {}
        for nth, form in enumerate(forms):
            for run in _runs(form):
                covered_by.setdefault(run, set()).add(nth)
        costs = {run: room + self._rates.of_run(run) for run in covered_by}
        cheapest = [(costs[run] / len(covered), run) for run, covered in covered_by.items()]
        heapify(cheapest)
        left = set(range(len(forms)))
        chosen: list[str] = []
        while left:
            cost, run = heappop(cheapest)
            still = covered_by[run] & left
            if not still:
                continue
            if costs[run] / len(still) > cost:
                # Others cover some of it by now.
                covered_by[run] = still
                heappush(cheapest, (costs[run] / len(still), run))
                continue
            chosen.append(run)
            left -= still
        return sorted(chosen)


def _runs(form: str) -> Iterator[str]:
    words = form.split(" ")
    yield form
    for size in range(1, min(_WIDEST_RUN, len(words) - 1) + 1):
        for first in range(len(words) - size + 1):
            yield " ".join(words[first : first + size])


def longest_part(form: str) -> str:
    """Give what is searched for of a form with gaps: the longest of what stands between them, in bytes."""
    return form if GAP not in form else max(form.split(f" {GAP} "), key=lambda part: len(part.encode()))


def with_anchors(pack: KeywordPack) -> tuple[KeywordPack, ListedWords]:
    """Give the pack with anchors on every term, and the words of all that is searched for, which it holds."""
    anchors, words = anchors_of(pack)
    if words is pack.words:
        return pack, words
    each = iter(anchors)
    lists = tuple(
        replace(one, terms=tuple(replace(term, anchors=next(each)) for term in one.terms))
        for one in pack.lists
    )
    return replace(pack, lists=lists, words=words), words


def anchors_of(pack: KeywordPack, speech: Speech | None = None) -> tuple[list[Anchors], ListedWords]:
    """Give the anchors of the terms of all lists one after the other, and the words as `with_anchors`."""
    known = pack.words
    if known and all(map(_has_anchors, _terms(pack))):
        return [term.anchors for term in _terms(pack)], known
    wording, chooser = Wording(pack.knowledge, speech), Chooser(pack.knowledge.vocabulary)
    if known:
        wording.words |= known.words
        wording.spoken |= known.spoken
        wording.keeps_fillers = known.keeps_fillers
    chosen: list[list[list[str]] | None] = []
    for one in pack.lists:
        wording.language = one.language
        chosen += [None if _has_anchors(term) else _anchors_of(term, wording, chooser) for term in one.terms]
    runs = known.numbered() if known else []
    met = {run for groups in chosen if groups for group in groups for run in group}
    runs += sorted(met.difference(runs))
    numbers = {run: number for number, run in enumerate(runs)}
    anchors = [
        term.anchors
        if groups is None
        else tuple(array("I", map(numbers.__getitem__, group)) for group in groups)
        for term, groups in zip(_terms(pack), chosen, strict=True)
    ]
    words = ListedWords(
        words=frozenset(wording.words),
        spoken=frozenset(wording.spoken),
        keeps_fillers=wording.keeps_fillers,
        runs=RUN_END.join(runs),
    )
    return anchors, words


def _terms(pack: KeywordPack) -> Iterator[Term]:
    return (term for one in pack.lists for term in one.terms)


def _has_anchors(term: Term) -> bool:
    return term.match is Mode.REGEX or bool(term.anchors)


def _anchors_of(term: Term, wording: Wording, chooser: Chooser) -> list[list[str]]:
    parts = [_searched(wording.searched(term))]
    parts += [_searched(form.decode().strip() for form in part) for part in wording.others(term)]
    if term.requires:
        required = wording.required(term)
        if required:
            parts.append(_searched(form.decode().strip() for form in required))
    if term.exceptions:
        # Written out for what it says about fillers only.
        wording.exceptions(term)
    if not all(parts):
        # Of nothing nothing is found.
        return []
    return chooser.groups(parts)


def _searched(forms: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(map(longest_part, forms)))
