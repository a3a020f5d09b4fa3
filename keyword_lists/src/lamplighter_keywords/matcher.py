"""Finds the terms of a pack in one text, in memory, and says how grave each is and why.

Pure: a matcher reads no file, keeps no text and gives the same matches for the same text each time. Once
constructed it may be used from any number of threads. It never raises, whatever the text.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from lamplighter_keywords.bundles.licensed import LicensedList
from lamplighter_keywords.judging.severity import Addends, Circumstances, judge_of
from lamplighter_keywords.licensed_lane import LICENSED, LicensedLane, LicensedPlace
from lamplighter_keywords.reading.edits import BACKSPACE, Draft, Edited, apply_edits
from lamplighter_keywords.reading.readings import DELETED
from lamplighter_keywords.rules import Finding, RuleBook
from lamplighter_keywords.terms import KeywordPack, Scope, Source, UserKind

_SCOPES = {Source.TYPED: frozenset({Scope.TYPED}), Source.PASTED: frozenset({Scope.TYPED, Scope.PASTED})}
_TITLE = frozenset({Scope.TITLE})
_SEARCH_TITLE = frozenset({Scope.TITLE, Scope.SEARCH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A term found at `text[start:end]`, counted in code points of the raw text."""

    term: str
    theme: str
    severity: int
    start: int
    end: int
    lane: str
    list_id: str
    list_version: str
    # How many characters or words were changed to read it so.
    edits: int
    # Whether somebody who speaks the list's language has read the list.
    speaker_reviewed: bool
    # The steps of the severity; their values add up to it.
    addends: Addends
    # Only in text that was deleted again.
    deleted: bool


class Excuse(NamedTuple):
    """A term at a place that a phrase covers, folded: an exception of the term, or one harmless for all."""

    term: str
    start: int
    end: int
    phrase: str
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is asked about a text, beside the text."""

    source: Source
    user_kind: UserKind
    key_stage: str | None
    deleted: bool


@lru_cache(maxsize=64)
def _question(source: Source, user_kind: UserKind, key_stage: str | None) -> _Question:
    """Give the same question for each text of a kind."""
    return _Question(source=source, user_kind=user_kind, key_stage=key_stage, deleted=False)


class Matcher:
    """Made from a pack once; making it takes long (milliseconds to a second), matching takes microseconds."""

    def __init__(
        self, pack: KeywordPack, licensed: Sequence[LicensedList] = (), *, room: int | None = None
    ) -> None:
        """`room`: how many spellings may be kept in memory, on a device; all that are met if not given."""
        self._book = RuleBook(pack, room=room)
        self._judge = judge_of(pack.knowledge)
        self._core = frozenset(slug for slug in pack.themes if pack.is_core(slug))
        # When each licence ends, in milliseconds since 1970, UTC: for whoever has a clock.
        self.licences = {one.id: one.expires for one in licensed}
        self._licensed = LicensedLane(licensed, self._book.reader.read, pack.is_core) if licensed else None

    def is_core(self, theme: str) -> bool:
        """Say whether a theme is core; one that nobody described is not."""
        return theme in self._core

    def match(
        self, text: str, *, source: Source, user_kind: UserKind, key_stage: str | None = None
    ) -> list[Match]:
        """Give the matches in the order of their places; per term and place one, of a term some hundred.

        In typed and pasted text U+0008 is the Backspace key. What was typed and deleted again counts for
        core themes only, and only where the term does not also stand in what was left. What licensed lists
        find is of the lane `licensed`, and its words may be shown to nobody.
        """
        question = _question(source, user_kind, key_stage)
        matches = self._listed(text, question)
        if self._licensed is None:
            return matches
        title = source is Source.WINDOW_TITLE
        places = self._licensed.match(text, edited=not title)
        return _in_order([*matches, *(_licensed_match(place, title=title) for place in places)])

    def withheld(self, text: str) -> list[tuple[int, int]]:
        """Give where entries of licensed lists stand in a text without edits: start and end, in order."""
        if self._licensed is None:
            return []
        return [(place.start, place.end) for place in self._licensed.places(text)]

    def _listed(self, text: str, question: _Question) -> list[Match]:
        source = question.source
        if source is Source.WINDOW_TITLE or BACKSPACE not in text:
            found = self._found(text)
            # Nearly every text ends here.
            if not found:
                return []
            return _in_order(self._judged(text, found, question))
        return _in_order(self._of_edited(apply_edits(text), question))

    def readings(self, text: str) -> list[str]:
        """Give the folded words that are searched: as the text stands, then as far as it says more."""
        final = apply_edits(text).final.text if BACKSPACE in text else text
        return [reading.joined.decode().strip() for reading in self._book.reader.read(final)]

    def left_out(self, text: str) -> list[tuple[str, int, int]]:
        """Give term and place of what stands in the text, but in an exception or a harmless phrase."""
        return [(one.term, one.start, one.end) for one in self.excuses(text)]

    def excuses(self, text: str) -> list[Excuse]:
        """Give what is left out with what covers it, for a person: of each place the first that does."""
        found = self._book.search(self._book.reader.read(text), every=True)
        places = {(one.start, one.end, one.rule.term.id): one for one in reversed(found.excused)}
        return [
            Excuse(term, start, end, *self._book.excuse(one))
            for (start, end, term), one in sorted(places.items(), key=lambda place: place[0])
        ]

    def cues(self, text: str, match: Match) -> Mapping[str, str]:
        """Give the words around a match that stand for steps of its severity, by the step, for a person.

        Of text with edits nothing is given.
        """
        wanted = match.list_id, match.term, match.start, match.end
        for one in () if BACKSPACE in text else self._found(text):
            if (one.rule.list_id, one.rule.term.id, one.start, one.end) == wanted:
                return self._judge.cues(one)
        return {}

    def _found(self, text: str) -> list[Finding]:
        found = self._book.search(self._book.reader.read(text))
        if not found.excused:
            return found.findings
        # What one reading excuses is excused in all of them.
        excused = _Excused(found.excused)
        return [one for one in found.findings if not excused.covers(one)]

    def _of_edited(self, edited: Edited, question: _Question) -> list[Match]:
        final = self._judged(edited.final.text, self._found(edited.final.text), question)
        matches = [_moved(match, edited.final) for match in final]
        seen = {(match.list_id, match.term) for match in matches}
        question = replace(question, deleted=True)
        for draft in edited.drafts:
            for match in self._judged(draft.text, self._found(draft.text), question):
                name = match.list_id, match.term
                if match.end > draft.deleted_from and name not in seen:
                    seen.add(name)
                    matches.append(_moved(match, draft))
        return matches

    def _judged(self, text: str, found: list[Finding], question: _Question) -> list[Match]:
        if not found:
            return []
        circumstances = self._judge.circumstances(
            text,
            title=question.source is Source.WINDOW_TITLE,
            staff=question.user_kind is UserKind.STAFF,
            deleted=question.deleted,
        )
        if circumstances.title is None:
            scopes = _SCOPES[question.source]
        else:
            scopes = _SEARCH_TITLE if circumstances.searched else _TITLE
        wanted = [finding for finding in found if _concerns(finding, question, scopes)]
        return [
            _match(finding, circumstances, self._judge.weigh(finding, circumstances))
            for finding in _longest(wanted)
        ]


class _Excused:
    """The places at which rules are excused."""

    def __init__(self, places: list[Finding]) -> None:
        # Of each rule the starts in order, and for each of them how far the places until then reach.
        self._of: dict[int, tuple[list[int], list[int]]] = {}
        for one in sorted(places, key=lambda place: place.start):
            starts, reach = self._of.setdefault(id(one.rule), ([], []))
            starts.append(one.start)
            reach.append(max(one.end, reach[-1] if reach else 0))

    def covers(self, finding: Finding) -> bool:
        """Say whether a finding lies within a place; of several parts, one that is excused is enough."""
        starts, reach = self._of.get(id(finding.rule), ((), ()))
        if finding.rule.has_parts:
            nth = bisect_left(starts, finding.end)
            return nth > 0 and reach[nth - 1] > finding.start
        nth = bisect_right(starts, finding.start)
        return nth > 0 and reach[nth - 1] >= finding.end


def _concerns(finding: Finding, question: _Question, scopes: frozenset[Scope]) -> bool:
    """Say whether the term is meant for this kind of text and person."""
    term = finding.rule.term
    return (
        not term.sources.isdisjoint(scopes)
        and question.user_kind in term.user_kinds
        and (question.key_stage is None or question.key_stage in term.key_stages)
        and (finding.rule.core or not question.deleted)
    )


def _longest(found: list[Finding]) -> list[Finding]:
    """Keep, of the places of one term that overlap, the longest; of equals the first."""
    if len(found) == 1:
        return found
    taken: dict[int, list[tuple[int, int]]] = {}
    longest_first = sorted(found, key=lambda one: (one.start - one.end, one.start))
    return [
        finding
        for finding in longest_first
        if _is_free(taken.setdefault(id(finding.rule), []), finding.start, finding.end)
    ]


def gravest(matches: Iterable[Match]) -> list[Match]:
    """Give of the matches of one theme that overlap the gravest: what is said once is one concern.

    Of equally grave ones the longest counts, then the first. Words of a licensed list stand for themselves.
    """
    kept: list[Match] = []
    taken: dict[tuple[str, bool, bool], list[tuple[int, int]]] = {}
    for match in sorted(matches, key=_grave_first):
        places = taken.setdefault((match.theme, match.deleted, match.lane == LICENSED), [])
        if _is_free(places, match.start, match.end):
            kept.append(match)
    return _in_order(kept)


def _grave_first(match: Match) -> tuple[int, int, int, str, str]:
    return -match.severity, match.start - match.end, match.start, match.list_id, match.term


def _is_free(places: list[tuple[int, int]], start: int, end: int) -> bool:
    """Take a place, if it overlaps none that is taken; they are in order, so only two neighbours can."""
    nth = bisect_left(places, (start, end))
    free = (nth == 0 or places[nth - 1][1] <= start) and (nth == len(places) or end <= places[nth][0])
    if free:
        places.insert(nth, (start, end))
    return free


def _match(finding: Finding, circumstances: Circumstances, weighed: tuple[int, Addends]) -> Match:
    severity, addends = weighed
    return Match(
        term=finding.rule.term.id,
        theme=finding.rule.theme,
        severity=severity,
        start=finding.start,
        end=finding.end,
        lane=DELETED if circumstances.deleted else finding.lane,
        edits=finding.edits,
        speaker_reviewed=finding.rule.speaker_reviewed,
        list_id=finding.rule.list_id,
        list_version=finding.rule.list_version,
        addends=addends,
        deleted=circumstances.deleted,
    )


def _licensed_match(place: LicensedPlace, *, title: bool) -> Match:
    severity, addends = place.weigh(title=title)
    return Match(
        term=place.term,
        theme=place.licensed.theme,
        severity=severity,
        start=place.start,
        end=place.end,
        lane=LICENSED,
        list_id=place.licensed.id,
        list_version=place.version,
        edits=0,
        speaker_reviewed=True,
        addends=addends,
        deleted=place.deleted,
    )


def _moved(match: Match, draft: Draft) -> Match:
    """Give a match of an edited text its place in the raw text."""
    start, end = draft.place(match.start, match.end)
    return replace(match, start=start, end=end)


def _in_order(matches: list[Match]) -> list[Match]:
    return sorted(matches, key=lambda match: (match.start, match.end, match.list_id, match.term))
