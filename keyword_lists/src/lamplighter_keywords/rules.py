"""From a pack of lists to what can be searched for: one automaton of every spelling, a rule for each term.

The automaton holds the spellings of terms only. Words that a term requires, and the phrases that excuse it,
are looked for around a match: they are common words, and would make every text look like a find.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

import ahocorasick_rs

from lamplighter_keywords.authoring.patterns import parse_pattern
from lamplighter_keywords.authoring.phrases import GAP, WIDEST_GAP
from lamplighter_keywords.authoring.wording import Wording, padded
from lamplighter_keywords.knowledge import Knowledge
from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.reading.reader import Reader
from lamplighter_keywords.reading.readings import Place, Reading
from lamplighter_keywords.reading.speech import Speech
from lamplighter_keywords.reading.variants import (
    CENSORED,
    EMOJI,
    JOINED,
    LEET,
    REPEAT,
    SPACED,
    SPLIT,
    TYPO,
    Variants,
)
from lamplighter_keywords.terms import NO_EXAMPLES, KeywordList, KeywordPack, Lanes, Mode, Requires, Term

# A shorter word that stands alone is a name or another word more often than a slip.
SHORTEST_SLIP_ALONE = 6
# So many places of one term are looked at in one text, whatever is pasted.
MOST_PLACES = 256
_LANE_FLAGS: Mapping[str, Callable[[Lanes], bool]] = {
    LEET: lambda lanes: lanes.leet,
    CENSORED: lambda lanes: lanes.leet,
    REPEAT: lambda lanes: lanes.repeat,
    SPACED: lambda lanes: lanes.spaced,
    EMOJI: lambda lanes: lanes.spaced,
    JOINED: lambda lanes: lanes.joined,
    SPLIT: lambda lanes: lanes.joined,
}


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A term made ready. Phrases are folded and stand between blanks. A rule equals itself only."""

    # Without its texts, notes and tests, which matching does not need and memory would keep.
    term: Term
    list_id: str
    list_version: str
    theme: str
    core: bool
    speaker_reviewed: bool
    exceptions: tuple[bytes, ...]
    # The bytes of the longest exception.
    widest: int
    any_of: tuple[bytes, ...]
    within: int
    # The further parts of an all_of term, each in its spellings; the longest part is searched for.
    others: tuple[tuple[bytes, ...], ...]
    # The words with which the spellings of each of them begin.
    heads: tuple[frozenset[bytes], ...]


@dataclass(frozen=True, slots=True)
class _Use:
    """What a spelling of the automaton is good for: a rule, and what stands beside it over a gap."""

    rule: int
    # Nearest first.
    before: tuple[bytes, ...] = ()
    after: tuple[bytes, ...] = ()
    # Nothing else is asked about a place.
    unconditional: bool = False


class _Hit(NamedTuple):
    """Words and bytes of a reading; the bytes hold the blanks on either side."""

    first: int
    last: int
    start: int
    end: int


class Finding(NamedTuple):
    """The words `first` to `last` of a reading satisfy a rule; where they stand and how they were read."""

    rule: Rule
    reading: Reading
    first: int
    last: int
    start: int
    end: int
    lane: str
    edits: int


@dataclass(frozen=True, slots=True)
class Found:
    """What one or more readings hold, and which places are excused in them."""

    findings: list[Finding] = field(default_factory=list)
    excused: list[Finding] = field(default_factory=list)
    # How many places of each rule were looked at.
    places: dict[int, int] = field(default_factory=dict)
    # How often each spelling was found in one of the readings.
    counts: dict[int, int] = field(default_factory=dict)


class RuleBook:
    """Every rule of a pack. Not changed after it is made, so that any number of threads may search."""

    def __init__(self, pack: KeywordPack) -> None:
        self.rules: list[Rule] = []
        shared = _shared(pack.knowledge)
        wording = Wording(pack.knowledge, shared.speech)
        spellings: dict[bytes, list[_Use]] = {}
        self._patterns = []
        for keyword_list in pack.lists:
            core = pack.is_core(keyword_list.theme)
            for term in keyword_list.terms:
                nth = len(self.rules)
                wording.language = keyword_list.language
                self.rules.append(_rule(term, keyword_list, wording, core=core))
                for part, use in _uses(wording.searched(term), nth, self.rules[nth]):
                    spellings.setdefault(part, []).append(use)
                if term.match is Mode.REGEX:
                    self._patterns += [(parse_pattern(text).compiled(), nth) for text in term.text]
        self._automaton = _automaton(spellings)
        # The spellings of one text have the same uses: a tuple for each would be a tenth of a book's memory.
        alike: dict[tuple[_Use, ...], tuple[_Use, ...]] = {}
        self._users = [alike.setdefault(users, users) for users in map(tuple, spellings.values())]
        variants = Variants(wording.words, wording.speech, pack.knowledge.vocabulary, wording.spoken)
        self.reader = Reader(variants, wording.speech, keeps_fillers=wording.keeps_fillers)
        self._harmless, self._idioms, self._widest = shared.harmless, shared.idioms, shared.widest

    def findings(self, reading: Reading) -> list[Finding]:
        """Give every place of a reading where a rule holds; places of one rule may overlap."""
        found = Found()
        self.search(reading, found)
        return found.findings

    def search(self, reading: Reading, found: Found) -> None:
        """Add what a reading holds."""
        joined = reading.joined
        hits = self._automaton.find_matches_as_indexes(joined, overlapping=True) if self._automaton else []
        if hits:
            self._check_hits(found, reading, hits)
        if self._patterns:
            self._search_patterns(found, reading)

    def _check_hits(self, found: Found, reading: Reading, hits: list[tuple[int, int, int]]) -> None:
        joined = reading.joined
        counts: dict[int, int] = {}
        for pattern, _, _ in hits:
            counts[pattern] = counts.get(pattern, 0) + 1
        before = found.counts
        for pattern, start, end in hits:
            masked = self._is_masked(joined, start, end)
            # What an earlier reading held as often is the same, unless this reading judges otherwise.
            known = not masked and counts[pattern] <= before.get(pattern, 0)
            hit = None
            for use in self._users[pattern]:
                if (known and use.unconditional) or found.places.get(use.rule, 0) >= MOST_PLACES:
                    continue
                if hit is None:
                    first = reading.word_at(start)
                    hit = _Hit(first, first + joined.count(b" ", start, end) - 2, start, end)
                self._check(found, use, reading, hit, masked=masked)
        for pattern, count in counts.items():
            before[pattern] = max(count, before.get(pattern, 0))

    def _search_patterns(self, found: Found, reading: Reading) -> None:
        text = reading.joined.decode()
        for pattern, nth in self._patterns:
            for match in pattern.finditer(text):
                if found.places.get(nth, 0) >= MOST_PLACES:
                    break
                first = text.count(" ", 0, match.start()) - 1
                start = len(text[: match.start() - 1].encode())
                end = start + len(match[0].encode()) + 2
                hit = _Hit(first, first + match[0].count(" "), start, end)
                masked = self._is_masked(reading.joined, start, end)
                self._check(found, _Use(nth), reading, hit, masked=masked)

    def _is_masked(self, joined: bytes, start: int, end: int) -> bool:
        """Say whether a place is inside an idiom, a name or the longer title of a work."""
        if self._harmless is None:
            return False
        low = max(0, end - self._widest)
        window = joined[low : start + self._widest]
        start, end = start - low, end - low
        for nth, begin, stop in self._harmless.find_matches_as_indexes(window, overlapping=True):
            # Where a title is the term itself, either may be meant.
            if begin <= start and end <= stop and (nth < self._idioms or stop - begin > end - start):
                return True
        return False

    def _check(self, found: Found, use: _Use, reading: Reading, hit: _Hit, *, masked: bool) -> None:
        found.places[use.rule] = found.places.get(use.rule, 0) + 1
        rule = self.rules[use.rule]
        read = hit.first, hit.last
        alone = hit.end - hit.start - 2 if hit.first == hit.last else 0
        # Where the words stand costs most to say, so it comes last: nearly every place ends before.
        if use.before or use.after:
            wider = _over_gaps(use, reading, hit)
            if wider is None:
                return
            hit = wider
            masked = self._is_masked(reading.joined, hit.start, hit.end)
        # A part of several is no match, so that a harmless phrase around it masks nothing.
        excused = (masked and not rule.others) or _excused(rule, reading.joined, hit.start, hit.end)
        first, last = hit.first, hit.last
        if rule.others and not excused:
            together = _together(rule, reading.words, first, last)
            if together is None:
                return
            first, last = together
            excused = _excused(rule, reading.joined, *_stretch(reading, first, last))
        if rule.any_of and not excused and not _has_required(rule, reading.words, first, last):
            return
        place = reading.locate(*read)
        if place.marks and not _may_be_read_so(rule, place, alone):
            return
        whole = place if (first, last) == read else reading.locate(first, last)
        if rule.others and not excused and not _may_be_read_so(rule, whole, len(reading.joined)):
            return
        finding = Finding(rule, reading, first, last, whole.start, whole.end, place.lane, place.edits)
        (found.excused if excused else found.findings).append(finding)


def _automaton(spellings: Collection[bytes]) -> ahocorasick_rs.BytesAhoCorasick | None:
    return ahocorasick_rs.BytesAhoCorasick(list(spellings)) if spellings else None


@dataclass(frozen=True, slots=True)
class _Shared:
    """What every rule book of the same knowledge has: lint makes one for each term."""

    speech: Speech
    harmless: ahocorasick_rs.BytesAhoCorasick | None
    # The first so many of them; the others are titles of works.
    idioms: int
    # The bytes of the longest.
    widest: int


@lru_cache(maxsize=2)
def _shared(knowledge: Knowledge) -> _Shared:
    wording = Wording(knowledge)
    # Idioms, places, names, and works whose titles are more than a word mask the hits inside them.
    works = [title for title in knowledge.works if len(fold(title).split()) > 1]
    idioms = padded(form for text in knowledge.harmless for form in wording.forms(text))
    titles = padded(form for text in works for form in wording.forms(text))
    phrases = (*idioms, *titles)
    return _Shared(wording.speech, _automaton(phrases), len(idioms), max(map(len, phrases), default=0))


def _rule(term: Term, keyword_list: KeywordList, wording: Wording, *, core: bool) -> Rule:
    exceptions, others = wording.exceptions(term), wording.others(term)
    return Rule(
        replace(term, text=(), exceptions=(), requires=None, note="", tests=NO_EXAMPLES),
        keyword_list.id,
        keyword_list.version,
        keyword_list.theme,
        core,
        speaker_reviewed=keyword_list.speaker_reviewed,
        exceptions=exceptions,
        widest=max(map(len, exceptions), default=0),
        any_of=wording.required(term),
        within=(term.requires or Requires()).within,
        others=others,
        heads=tuple(frozenset(spelling.split()[0] for spelling in part) for part in others),
    )


def _may_be_read_so(rule: Rule, place: Place, alone: int) -> bool:
    """Say whether a term may be found in this disguise: as it allows, and not by the weakest evidence.

    `alone` is the length of a word that is found by itself, or of a text in which words are; else 0.
    """
    slips = 0
    for mark in place.marks:
        flag = _LANE_FLAGS.get(mark.lane)
        if flag is not None and not flag(rule.term.lanes):
            return False
        if mark.lane == JOINED and mark.covered < 2:
            return False
        if mark.lane == TYPO:
            slips += mark.edits
            size = min(alone, len(mark.token))
            if alone and (size < SHORTEST_SLIP_ALONE or not mark.token.islower()):
                return False
    return slips <= rule.term.lanes.typo


def _uses(spellings: Iterable[str], nth: int, rule: Rule) -> Iterator[tuple[bytes, _Use]]:
    """Give the longest part of each spelling, which is searched for, and what is asked about its sides."""
    # Nearly every spelling has one part; they share what is said of them.
    whole = _Use(nth, unconditional=not (rule.exceptions or rule.any_of or rule.others))
    for spelling in spellings:
        if GAP not in spelling:
            yield b" %b " % spelling.encode(), whole
            continue
        parts = padded(spelling.split(f" {GAP} "), distinct=False)
        longest = max(range(len(parts)), key=lambda one: len(parts[one]))
        yield (
            parts[longest],
            _Use(nth, parts[:longest][::-1], parts[longest + 1 :], len(parts) == 1 and whole.unconditional),
        )


def _over_gaps(use: _Use, reading: Reading, hit: _Hit) -> _Hit | None:
    """Give the place from the first to the last part of a spelling with gaps, if all of them are there."""
    for part in use.before + use.after:
        if part not in reading.joined:
            return None
    words, first, last = reading.words, hit.first, hit.last
    for part in use.before:
        wanted = part.split()
        starts = range(first - len(wanted), first - len(wanted) - WIDEST_GAP - 1, -1)
        begin = next((at for at in starts if at >= 0 and words[at : at + len(wanted)] == wanted), -1)
        if begin < 0:
            return None
        first = begin
    for part in use.after:
        wanted = part.split()
        starts = range(last + 1, last + WIDEST_GAP + 2)
        begin = next((at for at in starts if words[at : at + len(wanted)] == wanted), -1)
        if begin < 0:
            return None
        last = begin + len(wanted) - 1
    return _Hit(first, last, *_stretch(reading, first, last))


def _stretch(reading: Reading, first: int, last: int) -> tuple[int, int]:
    """Give where words begin and end in the joined reading, the blanks around them with them."""
    start = reading.blank_before(first)
    return start, start + len(b" ".join(reading.words[first : last + 1])) + 2


def _excused(rule: Rule, joined: bytes, start: int, end: int) -> bool:
    """Say whether a longer allowed phrase covers the place; of an all_of term, whether one touches it."""
    if not rule.exceptions:
        return False
    around = joined[max(0, start - rule.widest) : end + rule.widest]
    for phrase in rule.exceptions:
        if phrase not in around:
            continue
        size = len(phrase)
        low, high = (start - size + 2, end + size - 2) if rule.others else (end - size, start + size)
        if joined.find(phrase, max(0, low), high) >= 0:
            return True
    return False


def _has_required(rule: Rule, words: list[bytes], first: int, last: int) -> bool:
    before = b" %b " % b" ".join(words[max(0, first - rule.within) : first])
    after = b" %b " % b" ".join(words[last + 1 : last + 1 + rule.within])
    return any(phrase in before or phrase in after for phrase in rule.any_of)


def _together(rule: Rule, words: list[bytes], first: int, last: int) -> tuple[int, int] | None:
    """Find all parts of an all_of term within so many words, and give the first and last word of them."""
    width = max(rule.within, last - first + 1)
    near = words[max(0, last - width + 1) : first + width]
    # Of a hundred places, ninety end here.
    for heads in rule.heads:
        if heads.isdisjoint(near):
            return None
    around = b" %b " % b" ".join(near)
    if not all(any(one in around for one in part) for part in rule.others):
        return None
    for begin in range(first, max(-1, last - width), -1):
        window = b" %b " % b" ".join(words[begin : begin + width])
        ends = []
        for part in rule.others:
            found = [(at, len(one)) for one in part if (at := window.find(one)) >= 0]
            if not found:
                break
            at, size = min(found)
            ends.append(begin + window.count(b" ", 0, at + size) - 2)
        else:
            return begin, max(last, *ends)
    return None
