"""From a pack of lists to what can be searched for: one automaton of every spelling, a rule for each term.

The automaton holds the spellings of terms only. Words that a term requires, and the phrases that excuse it,
are looked for around a match: they are common words, and would make every text look like a find.
"""

from dataclasses import dataclass, replace

import ahocorasick_rs

from lamplighter_keywords.authoring.inflection import phrase_forms
from lamplighter_keywords.authoring.patterns import parse_pattern
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
    exceptions: tuple[bytes, ...]
    any_of: tuple[bytes, ...]
    within: int
    # The further parts of an all_of term; the longest part is the one that is searched for.
    others: tuple[bytes, ...]


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
        spellings: dict[bytes, list[int]] = {}
        self._patterns = []
        for keyword_list in pack.lists:
            core = pack.is_core(keyword_list.theme)
            for term in keyword_list.terms:
                nth = len(self.rules)
                searched, others = _spellings(term)
                self.rules.append(_rule(term, keyword_list, others, core=core))
                for spelling in searched:
                    spellings.setdefault(spelling, []).append(nth)
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
            for nth in self._users[pattern]:
                self._add(found, self.rules[nth], reading, (first, last, start, end))
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


def _spellings(term: Term) -> tuple[list[bytes], tuple[bytes, ...]]:
    """Give the spellings to search for, and the parts that must stand near."""
    if term.match is Mode.REGEX:
        return [], ()
    if term.match is Mode.ALL_OF:
        parts = sorted(map(_padded, term.text), key=len, reverse=True)
        return parts[:1], tuple(parts[1:])
    texts = [fold(text) for text in term.text]
    if term.match is Mode.STEM:
        texts = [form for text in texts for form in phrase_forms(text)]
    return [b" %b " % text.encode() for text in dict.fromkeys(texts)], ()


def _rule(term: Term, keyword_list: KeywordList, others: tuple[bytes, ...], *, core: bool) -> Rule:
    requires = term.requires or Requires()
    return Rule(
        replace(term, text=(), exceptions=(), requires=None, note="", tests=NO_EXAMPLES),
        keyword_list.id,
        keyword_list.version,
        keyword_list.theme,
        core,
        exceptions=_exceptions(term),
        any_of=tuple(map(_padded, requires.any_of)),
        within=requires.within,
        others=others,
    )


def _exceptions(term: Term) -> tuple[bytes, ...]:
    """Give the allowed phrases as every lane reads them."""
    phrases = [_padded(phrase) for phrase in term.exceptions]
    phrases += [_padded(without_possessives(phrase)) for phrase in term.exceptions]
    return tuple(dict.fromkeys(phrases))


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
            at = window.find(part)
            if at < 0:
                break
            ends.append(begin + window.count(b" ", 0, at + len(part)) - 2)
        else:
            return begin, max(last, *ends)
    return None
