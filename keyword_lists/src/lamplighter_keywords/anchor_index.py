"""Finds the anchors of every term in a text, and says which terms are worth looking for in it."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, count

from lamplighter_keywords.terms import ANCHOR_END, GROUP_END
from lamplighter_keywords.written import automaton_of

_TERM_BITS = 32
_TERM = (1 << _TERM_BITS) - 1
# An anchor's number, and where it begins and ends, the blanks around it with it.
Hit = tuple[int, int, int]


class AnchorIndex:
    """Made from `Term.anchors`, term by term; terms are known by their numbers. Not changed afterwards."""

    def __init__(self, anchors: Iterable[str]) -> None:
        # An anchor gets the next number when it is first met.
        numbers: defaultdict[str, int] = defaultdict(count().__next__)
        # A leading anchor's number and the term to which it leads, in one number each.
        leading = array("Q")
        # Of each term that has several groups, the anchors of the others, one of which must be there, too.
        self._beside: dict[int, tuple[array[int], ...]] = {}
        for term, some in enumerate(anchors):
            if not some:
                continue
            first, *beside = [
                array("I", map(numbers.__getitem__, group.split(ANCHOR_END)))
                for group in some.split(GROUP_END)
            ]
            leading.extend(number << _TERM_BITS | term for number in first)
            if beside:
                self._beside[term] = tuple(beside)
        # The terms to which each anchor leads, one anchor after the other, and where those of each begin.
        self._terms = array("I", (both & _TERM for both in sorted(leading)))
        counts = Counter(both >> _TERM_BITS for both in leading)
        self._begins = array("I", accumulate(map(counts.__getitem__, range(len(numbers))), initial=0))
        # All at once, which takes a third of the time.
        padded = f" {' , '.join(numbers)} ".encode().split(b",") if numbers else []
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
