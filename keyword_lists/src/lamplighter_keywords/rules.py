"""From a pack of lists to what can be searched for: one automaton of anchors, a rule for each term.

A text is searched for anchors first (`anchors` says why), then for the spellings of those terms whose anchors
are there (`written`). Words that a term requires, and the phrases that excuse it, are looked for around a
match: they are common words, and would make every text look like a find.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lamplighter_keywords.anchor_index import AnchorIndex
from lamplighter_keywords.anchors import anchors_of
from lamplighter_keywords.authoring.patterns import parse_pattern
from lamplighter_keywords.authoring.phrases import WIDEST_GAP
from lamplighter_keywords.authoring.wording import Wording, padded
from lamplighter_keywords.harmless import Harmless
from lamplighter_keywords.knowledge import Knowledge
from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.reading.reader import Reader
from lamplighter_keywords.reading.readings import Mark, Reading
from lamplighter_keywords.reading.speech import Speech
from lamplighter_keywords.reading.variants import (
    CENSORED,
    EMOJI,
    EXACT,
    JOINED,
    LEET,
    REPEAT,
    SPACED,
    SPLIT,
    TYPO,
    Variants,
)
from lamplighter_keywords.terms import KeywordList, KeywordPack, Lanes, Mode
from lamplighter_keywords.written import Conditions, Rule, Use, Written, WrittenRules

# A shorter word that stands alone is a name or another word more often than a slip.
SHORTEST_SLIP_ALONE = 6
# So many places of one term are looked at in one text, whatever is pasted.
MOST_PLACES = 256
# Bytes of a reading. In a longer one a term of several parts is looked for around its anchors only.
_LONG = 4096
# Words to either side of the parts of an all_of term in which an exception counts, too.
_BESIDE = 4
_LANE_FLAGS: Mapping[str, Callable[[Lanes], bool]] = {
    LEET: lambda lanes: lanes.leet,
    CENSORED: lambda lanes: lanes.leet,
    REPEAT: lambda lanes: lanes.repeat,
    SPACED: lambda lanes: lanes.spaced,
    EMOJI: lambda lanes: lanes.spaced,
    JOINED: lambda lanes: lanes.joined,
    SPLIT: lambda lanes: lanes.joined,
}


class _Hit(NamedTuple):
    """Words and bytes of a reading; the bytes hold the blanks on either side."""

    first: int
    last: int
    start: int
    end: int

    @property
    def alone(self) -> int:
        """The length of a single word, else 0."""
        return self.end - self.start - 2 if self.first == self.last else 0


class _Looked(NamedTuple):
    """What is looked for at a place: a rule by its number, and what its spelling is good for."""

    nth: int
    written: Written
    use: Use


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


class Found:
    """What one or more readings hold, and which places are excused in them."""

    __slots__ = ("counts", "excused", "findings", "places", "written")

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.excused: list[Finding] = []
        # How many places of each rule were looked at.
        self.places: dict[int, int] = {}
        # Of each rule, how often each spelling was found in one of the readings.
        self.counts: dict[int, dict[int, int]] = {}
        # The rules that were met: nearly each is met again in the next reading.
        self.written: dict[int, Written] = {}


class RuleBook:
    """Every rule of a pack. Not changed after it is made, so that any number of threads may search."""

    def __init__(self, pack: KeywordPack, *, room: int | None = None) -> None:
        """`room`: for so many spellings, written out when they are needed; for all if not given."""
        shared = _shared(pack.knowledge)
        anchors, words = anchors_of(pack, shared.speech)
        self.rules = [rule for one in pack.lists for rule in _rules_of(one, core=pack.is_core(one.theme))]
        self._several = frozenset(
            nth for nth, rule in enumerate(self.rules) if rule.has_parts or rule.has_required
        )
        self._anchors = AnchorIndex(anchors, words.runs)
        self._written = WrittenRules(self.rules, pack.knowledge, shared.speech, room=room)
        self._patterns = [
            (parse_pattern(text).compiled(), nth)
            for nth, rule in enumerate(self.rules)
            if rule.term.match is Mode.REGEX
            for text in rule.term.text
        ]
        self.reader = Reader(
            Variants(words.words, shared.speech, pack.knowledge.vocabulary, words.spoken),
            shared.speech,
            keeps_fillers=words.keeps_fillers,
        )
        self._harmless = shared.harmless

    def findings(self, reading: Reading) -> list[Finding]:
        """Give every place of a reading where a rule holds; places of one rule may overlap."""
        return self.search([reading]).findings

    def search(self, readings: Iterable[Reading], *, every: bool = False) -> Found:
        """Give what the readings of one text hold.

        With `every`, what excuses one part of several is told also where the others are missing.
        """
        found = Found()
        held = [(reading, self._anchors.hits(reading.joined)) for reading in readings]
        terms = self._anchors.terms([hits for _, hits in held], every=every)
        if not terms and not self._patterns:
            return found
        for reading, hits in held:
            # Everywhere, or around the anchors.
            whole = [(0, len(reading.joined))]
            around = dict.fromkeys(terms, whole) if every else self._anchors.places(hits, terms)
            for nth, places in around.items():
                several = every or nth in self._several
                if places or several:
                    self._search_rule(found, nth, reading, places, several=several)
            if self._patterns:
                self._search_patterns(found, reading)
        return found

    def excuse(self, finding: Finding) -> tuple[str, bool]:
        """Give the folded phrase that excuses a finding, and whether it is harmless for every term."""
        reading, first, last = finding.reading, finding.first, finding.last
        asked = self._written.of(
            next(nth for nth, rule in enumerate(self.rules) if rule is finding.rule)
        ).conditions
        near = _BESIDE if asked.others and not finding.rule.core else 0
        for more in (0, near):
            own = _excuse(asked, reading.joined, *_stretch(reading, first - more, last + more))
            if own:
                return own.decode().strip(), False
        return self._harmless.phrase(reading.joined, *_stretch(reading, first, last)).decode().strip(), True

    def _search_rule(
        self, found: Found, nth: int, reading: Reading, places: list[tuple[int, int]], *, several: bool
    ) -> None:
        written = found.written.get(nth) or self._write(found, nth)
        joined = reading.joined
        hits = [
            (spelling, low + start, low + end)
            for low, high in _stretches(written, reading, places, several=several)
            for spelling, start, end in written.found(joined[low:high])
        ]
        if not hits:
            return
        counts: dict[int, int] = {}
        for spelling, _, _ in hits:
            counts[spelling] = counts.get(spelling, 0) + 1
        before = found.counts.get(nth, counts)
        again = before is not counts
        for spelling, start, end in hits:
            masked = self._is_masked(written, spelling, joined, start, end)
            # What an earlier reading held as often is the same, unless this reading judges otherwise.
            known = again and not masked and counts[spelling] <= before.get(spelling, 0)
            if known and written.unconditional:
                continue
            first = reading.word_at(start)
            hit = _Hit(first, first + joined.count(b" ", start, end) - 2, start, end)
            for use in written.uses[spelling]:
                if use.unconditional:
                    if not known:
                        self._take(found, nth, reading, hit, masked=masked)
                else:
                    self._check(found, _Looked(nth, written, use), reading, hit, masked=masked)
        if again:
            for spelling, count in before.items():
                counts[spelling] = max(count, counts.get(spelling, 0))
        found.counts[nth] = counts

    def _write(self, found: Found, nth: int) -> Written:
        written = found.written[nth] = self._written.of(nth)
        return written

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
                masked = self._harmless.covers(reading.joined, start, end)
                written = self._written.of(nth)
                self._check(found, _Looked(nth, written, Use()), reading, hit, masked=masked)

    def _is_masked(self, written: Written, spelling: int, joined: bytes, start: int, end: int) -> bool:
        may_be = written.may_be_masked.get(spelling)
        if may_be is None:
            may_be = self._harmless.may_cover(joined[start:end])
            written.may_be_masked[spelling] = may_be
        return may_be and self._harmless.covers(joined, start, end)

    def _take(self, found: Found, nth: int, reading: Reading, hit: _Hit, *, masked: bool) -> None:
        """Note a place of which nothing is asked but how it was read."""
        places = found.places.get(nth, 0)
        if places >= MOST_PLACES:
            return
        found.places[nth] = places + 1
        rule, first, last = self.rules[nth], hit.first, hit.last
        marks = reading.marks(first, last)
        if marks and not _may_be_read_so(rule.term.lanes, marks, hit.alone):
            return
        place = reading.locate(first, last)
        lane, edits = (place.lane, place.edits) if marks else (EXACT, 0)
        finding = Finding(rule, reading, first, last, place.start, place.end, lane, edits)
        (found.excused if masked else found.findings).append(finding)

    def _check(self, found: Found, looked: "_Looked", reading: Reading, hit: _Hit, *, masked: bool) -> None:
        nth, written, use = looked
        places = found.places.get(nth, 0)
        if places >= MOST_PLACES:
            return
        found.places[nth] = places + 1
        asked = written.conditions
        rule = self.rules[nth]
        lanes = rule.term.lanes
        read = hit.first, hit.last
        alone = hit.alone
        # Where the words stand costs most to say, so it comes last: nearly every place ends before.
        if use.before or use.after:
            wider = _over_gaps(use, reading, hit)
            if wider is None:
                return
            hit = wider
            masked = self._harmless.covers(reading.joined, hit.start, hit.end)
        # A part of several is no match, so that a harmless phrase around it masks nothing.
        excused = (masked and not asked.others) or _excused(asked, reading.joined, hit.start, hit.end)
        first, last = hit.first, hit.last
        if asked.others and not excused:
            together = _together(asked, reading.words, first, last)
            if together is None:
                return
            first, last = together
            # What is harmless is often said beside the parts; of a core theme, nothing beside it excuses.
            near = 0 if rule.core else _BESIDE
            excused = _excused(asked, reading.joined, *_stretch(reading, first - near, last + near))
        if asked.any_of and not excused and not _has_required(asked, reading.words, first, last):
            return
        marks = reading.marks(*read)
        if marks and not asked.others and not _may_be_read_so(lanes, marks, alone):
            return
        place = reading.locate(*read)
        whole = place if (first, last) == read else reading.locate(first, last)
        if asked.others and not excused and not _may_be_read_so(lanes, whole.marks, 0):
            return
        finding = Finding(rule, reading, first, last, whole.start, whole.end, place.lane, place.edits)
        (found.excused if excused else found.findings).append(finding)


def _rules_of(one: KeywordList, *, core: bool) -> list[Rule]:
    return [
        Rule(
            term=term,
            list_id=one.id,
            list_version=one.version,
            language=one.language,
            theme=one.theme,
            core=core,
            speaker_reviewed=one.speaker_reviewed,
        )
        for term in one.terms
    ]


@dataclass(frozen=True, slots=True)
class _Shared:
    """What every rule book of the same knowledge has: lint makes one for each term."""

    speech: Speech
    harmless: Harmless


@lru_cache(maxsize=2)
def _shared(knowledge: Knowledge) -> _Shared:
    wording = Wording(knowledge)
    # Idioms, places, names, and works whose titles are more than a word mask the hits inside them.
    works = [title for title in knowledge.works if len(fold(title).split()) > 1]
    idioms = padded(form for text in knowledge.harmless for form in wording.forms(text))
    titles = padded(form for text in works for form in wording.forms(text))
    return _Shared(wording.speech, Harmless(idioms, titles))


def _may_be_read_so(lanes: Lanes, marks: Sequence[Mark], alone: int) -> bool:
    """Say whether a term may be found in this disguise: as it allows, and not by the weakest evidence.

    `alone` is the length of a word that is found by itself, or of a text in which words are; else 0.
    """
    slips = 0
    for mark in marks:
        flag = _LANE_FLAGS.get(mark.lane)
        if flag is not None and not flag(lanes):
            return False
        if mark.lane == JOINED and mark.covered < 2:
            return False
        if mark.lane == TYPO:
            slips += mark.edits
            size = min(alone, len(mark.token))
            if alone and (mark.edits > 1 or size < SHORTEST_SLIP_ALONE or not mark.token.islower()):
                return False
    words = sum(mark.covered for mark in marks)
    return slips <= (lanes.typo if words < 3 else lanes.typo * 2)


def _stretches(
    written: Written, reading: Reading, anchors: list[tuple[int, int]], *, several: bool
) -> list[tuple[int, int]]:
    """Give where in a reading the spellings of a term may stand: around its anchors, each byte once.

    Of a term of several parts, one reading may hold the anchor and another one what excuses it; so a text of
    ordinary length is looked through.
    """
    size = len(reading.joined)
    if not several:
        # So much longer than the anchor is a spelling that holds it.
        reach = written.longest
        if len(anchors) == 1:
            start, end = anchors[0]
            return [(max(0, end - reach), start + reach)]
        around = [(max(0, end - reach), start + reach) for start, end in anchors]
    elif size < _LONG:
        return [(0, size)]
    else:
        count = written.conditions.within + written.span
        around = [_words_around(reading, start, end, count) for start, end in anchors]
    joined: list[tuple[int, int]] = []
    for low, high in sorted(around):
        if joined and low <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(high, joined[-1][1])
        else:
            joined.append((low, high))
    return joined


def _words_around(reading: Reading, start: int, end: int, count: int) -> tuple[int, int]:
    first, last = reading.word_at(start) - count, reading.word_at(end - 1) + count
    return (
        reading.blank_before(first) if first > 0 else 0,
        reading.blank_before(last) + 1 if last < len(reading.words) else len(reading.joined),
    )


def _over_gaps(use: Use, reading: Reading, hit: _Hit) -> _Hit | None:
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
    first = max(0, first)
    start = reading.blank_before(first)
    return start, start + len(b" ".join(reading.words[first : last + 1])) + 2


def _excused(asked: Conditions, joined: bytes, start: int, end: int) -> bool:
    """Say whether a longer allowed phrase covers the place; of an all_of term, whether one touches it."""
    return bool(_excuse(asked, joined, start, end))


def _excuse(asked: Conditions, joined: bytes, start: int, end: int) -> bytes:
    """Give that phrase, blanks around it; nothing where none does."""
    if not asked.exceptions:
        return b""
    around = joined[max(0, start - asked.widest) : end + asked.widest]
    for phrase in asked.exceptions:
        if phrase not in around:
            continue
        size = len(phrase)
        low, high = (start - size + 2, end + size - 2) if asked.others else (end - size, start + size)
        if joined.find(phrase, max(0, low), high) >= 0:
            return phrase
    return b""


def _has_required(asked: Conditions, words: list[bytes], first: int, last: int) -> bool:
    before = b" %b " % b" ".join(words[max(0, first - asked.within) : first])
    after = b" %b " % b" ".join(words[last + 1 : last + 1 + asked.within])
    return any(phrase in before or phrase in after for phrase in asked.any_of)


def _together(asked: Conditions, words: list[bytes], first: int, last: int) -> tuple[int, int] | None:
    """Find all parts of an all_of term within so many words, and give the first and last word of them."""
    width = max(asked.within, last - first + 1)
    near = words[max(0, last - width + 1) : first + width]
    # Of a hundred places, ninety end here.
    for heads in asked.heads:
        if heads.isdisjoint(near):
            return None
    around = b" %b " % b" ".join(near)
    if not all(any(one in around for one in part) for part in asked.others):
        return None
    for begin in range(first, max(-1, last - width), -1):
        window = b" %b " % b" ".join(words[begin : begin + width])
        ends = []
        for part in asked.others:
            found = [(at, len(one)) for one in part if (at := window.find(one)) >= 0]
            if not found:
                break
            at, size = min(found)
            ends.append(begin + window.count(b" ", 0, at + size) - 2)
        else:
            return begin, max(last, *ends)
    return None
