"""From a pack of lists to what can be searched for: one automaton of every spelling, a rule for each term.

The automaton holds the spellings of terms only. Words that a term requires, and the phrases that excuse it,
are looked for around a match: they are common words, and would make every text look like a find.
"""

from dataclasses import dataclass, replace

import ahocorasick_rs

from lamplighter_keywords.authoring.inflection import phrase_forms
from lamplighter_keywords.authoring.patterns import parse_pattern
from lamplighter_keywords.authoring.phrases import GAP, WIDEST_GAP, Classes, plainly
from lamplighter_keywords.reading.normalise import fold, fold_bytes
from lamplighter_keywords.reading.readings import Reading, without_possessives
from lamplighter_keywords.terms import NO_EXAMPLES, KeywordList, KeywordPack, Mode, Requires, Term


@dataclass(frozen=True, slots=True)
class Rule:
    """A term made ready. Phrases are folded and stand between blanks."""

    # Without its texts, notes and tests, which matching does not need and memory would keep.
    term: Term
    list_id: str
    list_version: str
    theme: str
    core: bool
    speaker_reviewed: bool
    exceptions: tuple[bytes, ...]
    any_of: tuple[bytes, ...]
    within: int
    # The further parts of an all_of term, each in its spellings; the longest part is searched for.
    others: tuple[tuple[bytes, ...], ...]


@dataclass(frozen=True, slots=True)
class _Use:
    """What a spelling of the automaton is good for: a rule, and what stands beside it over a gap."""

    rule: int
    # Nearest first.
    before: tuple[bytes, ...] = ()
    after: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """The words `first` to `last` of a reading satisfy a rule."""

    rule: Rule
    reading: Reading
    first: int
    last: int

    @property
    def start(self) -> int:
        """Place of the first code point in the text that was read."""
        return self.reading.spans[self.first][0]

    @property
    def end(self) -> int:
        """Place behind the last code point."""
        return self.reading.spans[self.last][1]


def _padded(phrase: str) -> bytes:
    return b" %b " % fold_bytes(phrase)


class RuleBook:
    """Every rule of a pack. Not changed after it is made, so that any number of threads may search."""

    def __init__(self, pack: KeywordPack) -> None:
        self.rules: list[Rule] = []
        spellings: dict[bytes, list[_Use]] = {}
        self._patterns = []
        for keyword_list in pack.lists:
            core = pack.is_core(keyword_list.theme)
            for term in keyword_list.terms:
                nth = len(self.rules)
                searched, others = _spellings(term, pack.knowledge.classes)
                rule = _rule(term, keyword_list, others, core=core)
                self.rules.append(_with_allowances(rule, term, pack.knowledge.classes))
                for spelling in searched:
                    part, use = _use(spelling, nth)
                    spellings.setdefault(part, []).append(use)
                if term.match is Mode.REGEX:
                    self._patterns += [(parse_pattern(text).compiled(), nth) for text in term.text]
        self._automaton = ahocorasick_rs.BytesAhoCorasick(list(spellings)) if spellings else None
        self._users = [tuple(users) for users in spellings.values()]

    def findings(self, reading: Reading) -> list[Finding]:
        """Give every place of a reading where a rule holds; places of one rule may overlap."""
        joined = reading.joined
        hits = self._automaton.find_matches_as_indexes(joined, overlapping=True) if self._automaton else []
        found: list[Finding] = []
        for pattern, start, end in hits:
            first = joined.count(b" ", 0, start + 1) - 1
            last = first + joined.count(b" ", start, end) - 2
            for use in self._users[pattern]:
                place = (first, last, start, end)
                if use.before or use.after:
                    wider = _over_gaps(use, reading, first, last)
                    if wider is None:
                        continue
                    place = wider
                self._add(found, self.rules[use.rule], reading, place)
        if self._patterns:
            self._search_patterns(found, reading)
        return found

    def _search_patterns(self, found: list[Finding], reading: Reading) -> None:
        text = reading.joined.decode()
        for pattern, nth in self._patterns:
            for hit in pattern.finditer(text):
                first = text.count(" ", 0, hit.start()) - 1
                last = first + hit[0].count(" ")
                start = len(text[: hit.start() - 1].encode())
                end = start + len(hit[0].encode()) + 2
                self._add(found, self.rules[nth], reading, (first, last, start, end))

    def _add(
        self, found: list[Finding], rule: Rule, reading: Reading, place: tuple[int, int, int, int]
    ) -> None:
        first, last, start, end = place
        if rule.exceptions and _excused(rule, reading.joined, start, end):
            return
        if rule.others:
            together = _together(rule, reading.words, first, last)
            if together is None:
                return
            first, last = together
        if rule.any_of and not _has_required(rule, reading.words, first, last):
            return
        found.append(Finding(rule, reading, first, last))


def _spellings(term: Term, classes: Classes) -> tuple[list[str], tuple[tuple[bytes, ...], ...]]:
    """Give the folded spellings to search for, and the parts that must stand near."""
    if term.match is Mode.REGEX:
        return [], ()
    texts = [tuple(map(_folded, plainly(text, classes))) for text in term.text]
    if term.match is Mode.ALL_OF:
        texts.sort(key=lambda spellings: min(map(len, spellings)), reverse=True)
        others = tuple(tuple(map(_padded, spellings)) for spellings in texts[1:])
        return list(texts[0]), others
    spellings = [spelling for text in texts for spelling in text]
    if term.match is Mode.STEM:
        spellings = [form for spelling in spellings for form in phrase_forms(spelling)]
    return list(dict.fromkeys(filter(None, spellings))), ()


def _folded(spelling: str) -> str:
    """Fold a spelling and keep its gaps."""
    parts = (fold(part) for part in f" {spelling} ".split(f" {GAP} "))
    return f" {GAP} ".join(filter(None, parts))


def _use(spelling: str, nth: int) -> tuple[bytes, _Use]:
    """Give the longest part of a spelling, which is searched for, and what is asked about its sides."""
    parts = [b" %b " % part.encode() for part in spelling.split(f" {GAP} ")]
    longest = max(range(len(parts)), key=lambda one: len(parts[one]))
    return parts[longest], _Use(nth, tuple(parts[:longest][::-1]), tuple(parts[longest + 1 :]))


def _rule(
    term: Term, keyword_list: KeywordList, others: tuple[tuple[bytes, ...], ...], *, core: bool
) -> Rule:
    return Rule(
        replace(term, text=(), exceptions=(), requires=None, note="", tests=NO_EXAMPLES),
        keyword_list.id,
        keyword_list.version,
        keyword_list.theme,
        core,
        keyword_list.speaker_reviewed,
        exceptions=(),
        any_of=(),
        within=(term.requires or Requires()).within,
        others=others,
    )


def _with_allowances(rule: Rule, term: Term, classes: Classes) -> Rule:
    """Add what excuses and what is required, as every lane reads it."""
    excused = [spelling for phrase in term.exceptions for spelling in plainly(phrase, classes)]
    excused += map(without_possessives, list(excused))
    required = (term.requires or Requires()).any_of
    any_of = [spelling for phrase in required for spelling in plainly(phrase, classes)]
    return replace(
        rule,
        exceptions=tuple(dict.fromkeys(map(_padded, excused))),
        any_of=tuple(dict.fromkeys(map(_padded, any_of))),
    )


def _over_gaps(use: _Use, reading: Reading, first: int, last: int) -> tuple[int, int, int, int] | None:
    """Give the place from the first to the last part of a spelling with gaps, if all of them are there."""
    words = reading.words
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
    start = len(b" ".join(words[:first])) + (first > 0)
    return first, last, start, start + len(b" ".join(words[first : last + 1])) + 2


def _excused(rule: Rule, joined: bytes, start: int, end: int) -> bool:
    """Say whether a longer allowed phrase covers the place; of an all_of term, whether one touches it."""
    for phrase in rule.exceptions:
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
