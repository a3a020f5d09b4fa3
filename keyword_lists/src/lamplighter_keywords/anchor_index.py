"""Finds the anchors of every term in a text, and says which terms are worth looking for in it."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

from lamplighter_keywords.terms import RUN_END, Anchors
from lamplighter_keywords.written import automaton_of

_TERM_BITS = 32
_TERM = (1 << _TERM_BITS) - 1
# An anchor's number, and where it begins and ends, the blanks around it with it.
Hit = tuple[int, int, int]


class AnchorIndex:
    """Made from `Term.anchors`, term by term; terms are known by their numbers. Not changed afterwards."""

    def __init__(self, anchors: Iterable[Anchors], runs: str) -> None:
        """`runs`: what the anchors are numbers of, as `ListedWords` has them."""
        # A leading anchor's number and the term to which it leads, in one number each.
        leading: list[int] = []
        # Of each term that has several groups, the anchors of the others, one of which must be there, too.
        self._beside: dict[int, Anchors] = {}
        for term, groups in enumerate(anchors):
            if groups:
                leading += [number << _TERM_BITS | term for number in groups[0]]
            if len(groups) > 1:
                self._beside[term] = groups[1:]
        leading.sort()
        # The terms to which each anchor leads, one anchor after the other, and where those of each begin.
        self._terms = array("I", [both & _TERM for both in leading])
        # All at once, which takes a third of the time.
        padded = f" {runs} ".replace(RUN_END, f" {RUN_END} ").encode().split(RUN_END.encode()) if runs else []
        counts = Counter([both >> _TERM_BITS for both in leading])
        self._begins = array("I", accumulate(map(counts.__getitem__, range(len(padded))), initial=0))
        self._automaton = automaton_of(padded)

    def _led_to(self, number: int) -> Sequence[int]:
        return self._terms[self._begins[number] : self._begins[number + 1]]

    def hits(self, joined: bytes) -> list[Hit]:
        """Give every anchor in a reading, in the order of their ends."""
        if self._automaton is None:
            return []
        return self._automaton.find_matches_as_indexes(joined, overlapping=True)

    def terms(self, readings: Sequence[list[Hit]], *, every: bool = False) -> list[int]:
        """Give the terms that may stand in a text, in order; its readings count together.

        With `every` one of the parts of a term is enough, though then nothing but an exception can be found.
        """
        present = {number for hits in readings for number, _, _ in hits}
        if not present:
            return []
        led_to = set().union(*map(self._led_to, present))
        if every:
            some = (term for term, beside in self._beside.items() if not all(map(present.isdisjoint, beside)))
            return sorted(led_to.union(some))
        terms: list[int] = []
        for term in sorted(led_to):
            others = self._beside.get(term)
            if others is None or not any(map(present.isdisjoint, others)):
                terms.append(term)
        return terms

    def places(self, hits: list[Hit], terms: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
        """Give where the anchors that lead to each of some terms stand in a reading."""
        found: dict[int, list[tuple[int, int]]] = {term: [] for term in terms}
        for number, start, end in hits:
            for term in self._led_to(number):
                if term in found:
                    found[term].append((start, end))
        return found
