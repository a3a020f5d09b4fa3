"""Terms written out: every spelling of a term, what excuses it and what it requires, made when first needed.

A school day meets a few hundred of the thousands of terms. On a device what is written out is kept only as
long as there is room for it, so that what the lists cost in memory is bounded, whatever is typed; a command
that goes through thousands of texts keeps all of it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from threading import Lock

import ahocorasick_rs

from lamplighter_keywords.authoring.phrases import GAP, WIDEST_GAP
from lamplighter_keywords.authoring.wording import Wording, padded
from lamplighter_keywords.knowledge import Knowledge
from lamplighter_keywords.reading.speech import Speech
from lamplighter_keywords.terms import Mode, Requires, Term

ROOM_ON_A_DEVICE = 16_000
"""Spellings that are kept where memory counts: of all shipped terms there are sixteen times as many."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A term and where it comes from. A rule equals itself only."""

    term: Term
    list_id: str
    list_version: str
    language: str
    theme: str
    core: bool
    speaker_reviewed: bool

    @property
    def has_parts(self) -> bool:
        """Whether several texts must stand together."""
        return self.term.match is Mode.ALL_OF and len(self.term.text) > 1

    @property
    def has_required(self) -> bool:
        return self.term.requires is not None and bool(self.term.requires.any_of)


@dataclass(frozen=True, slots=True)
class Use:
    """What a spelling is good for: what stands beside it over a gap."""

    # Nearest first.
    before: tuple[bytes, ...] = ()
    after: tuple[bytes, ...] = ()
    # Nothing else is asked about a place.
    unconditional: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """What is asked about a place at which a term stands. Texts are folded and stand between blanks."""

    exceptions: tuple[bytes, ...]
    # The bytes of the longest exception.
    widest: int
    any_of: tuple[bytes, ...]
    within: int
    # The further parts of an all_of term, each in its spellings; the longest part is searched for.
    others: tuple[tuple[bytes, ...], ...]
    # The words with which the spellings of each of them begin.
    heads: tuple[frozenset[bytes], ...]


class Written:
    """The spellings of a term, and what is asked where one of them stands; that is made when it is asked."""

    def __init__(self, term: Term, wording: Callable[[], Wording]) -> None:
        self._term = term
        self._wording = wording
        spellings: dict[bytes, list[Use]] = {}
        asked = term.exceptions or term.requires or term.match is Mode.ALL_OF
        plain = Use(unconditional=not asked)
        searched = wording().searched(term)
        for part, use in _parts(searched, plain):
            spellings.setdefault(part, []).append(use)
        # The spellings of one text have the same uses.
        alike: dict[tuple[Use, ...], tuple[Use, ...]] = {}
        self.uses = tuple(alike.setdefault(uses, uses) for uses in map(tuple, spellings.values()))
        # Nothing is asked about any of them.
        self.unconditional = all(use.unconditional for uses in alike for use in uses)
        # Of the spellings that were met, whether a harmless phrase may hold them.
        self.may_be_masked: dict[int, bool] = {}
        self._automaton = automaton_of(spellings)
        # The bytes of the longest, and the words of the longest with all that its gaps may hold.
        self.longest = max(map(len, spellings), default=0)
        self.span = max(map(_span, searched), default=0)

    def found(self, joined: bytes) -> list[tuple[int, int, int]]:
        """Give which of `uses` stand in a piece of a reading, from where to where, in the order of ends."""
        if self._automaton is None:
            return []
        return self._automaton.find_matches_as_indexes(joined, overlapping=True)

    @cached_property
    def conditions(self) -> Conditions:
        term, wording = self._term, self._wording()
        exceptions, others = wording.exceptions(term), wording.others(term)
        return Conditions(
            exceptions=exceptions,
            widest=max(map(len, exceptions), default=0),
            any_of=wording.required(term),
            within=(term.requires or Requires()).within,
            others=others,
            heads=tuple(frozenset(spelling.split()[0] for spelling in part) for part in others),
        )


def _span(spelling: str) -> int:
    return spelling.count(" ") + 1 + (WIDEST_GAP - 1) * spelling.count(GAP)


def automaton_of(spellings: Iterable[bytes]) -> ahocorasick_rs.BytesAhoCorasick | None:
    """Make what finds all of them; none for nothing."""
    some = list(spellings)
    # Of few patterns it would otherwise make a table of all states and bytes, fifty times as large.
    kind = ahocorasick_rs.Implementation.ContiguousNFA
    return ahocorasick_rs.BytesAhoCorasick(some, implementation=kind) if some else None


def _parts(spellings: Iterable[str], plain: Use) -> Iterator[tuple[bytes, Use]]:
    """Give the longest part of each spelling, which is searched for, and what is asked about its sides."""
    for spelling in spellings:
        if GAP not in spelling:
            # Nearly every spelling has one part; they share what is said of them.
            yield b" %b " % spelling.encode(), plain
            continue
        parts = padded(spelling.split(f" {GAP} "), distinct=False)
        longest = max(range(len(parts)), key=lambda one: len(parts[one]))
        whole = len(parts) == 1 and plain.unconditional
        yield parts[longest], Use(parts[:longest][::-1], parts[longest + 1 :], whole)


class WrittenRules:
    """The rules of a pack, written out when they are asked for; any number of threads may ask."""

    def __init__(
        self, rules: list[Rule], knowledge: Knowledge, speech: Speech, *, room: int | None = None
    ) -> None:
        """Keep the rules asked for last, until they have `room` spellings together; all if not given."""
        self._rules = rules
        self._knowledge = knowledge
        self._speech = speech
        self._room = room
        self._free = room or 0
        # The one asked for last comes last.
        self._kept: dict[int, Written] = {}
        self._keeping = Lock()

    def of(self, nth: int) -> Written:
        """Give a rule by its number."""
        written = self._kept.get(nth)
        if written is not None and self._room is None:
            return written
        with self._keeping:
            written = self._kept.pop(nth, None)
            if written is not None:
                self._kept[nth] = written
                return written
        rule = self._rules[nth]
        written = Written(rule.term, partial(self._wording, rule.language))
        with self._keeping:
            if nth not in self._kept:
                self._keep(nth, written)
            return self._kept[nth]

    def _keep(self, nth: int, written: Written) -> None:
        self._kept[nth] = written
        if self._room is None:
            return
        self._free -= len(written.uses)
        while self._free < 0 and len(self._kept) > 1:
            oldest = next(iter(self._kept))
            self._free += len(self._kept.pop(oldest).uses)

    def _wording(self, language: str) -> Wording:
        wording = Wording(self._knowledge, self._speech)
        wording.language = language
        return wording
