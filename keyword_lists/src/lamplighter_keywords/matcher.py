"""Finds the terms of a pack in one text, in memory, and says how grave each is and why.

Pure: a matcher reads no file, keeps no text and gives the same matches for the same text each time. Once
constructed it may be used from any number of threads. It never raises, whatever the text.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lamplighter_keywords.contexts import is_own_search, is_search
from lamplighter_keywords.edits import BACKSPACE, Draft, apply_edits
from lamplighter_keywords.readings import DELETED, LANES
from lamplighter_keywords.rules import Finding, RuleBook
from lamplighter_keywords.severity import Addends, Circumstances, weigh
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
    # The steps of the severity; their values add up to it.
    addends: Addends
    # Only in text that was deleted again.
    deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is asked about a text, beside the text."""

    source: Source
    user_kind: UserKind
    key_stage: str | None
    deleted: bool


class Matcher:
    """Made from a pack once; making it takes long (milliseconds to a second), matching takes microseconds."""

    def __init__(self, pack: KeywordPack) -> None:
        self._book = RuleBook(pack)

    def match(
        self, text: str, *, source: Source, user_kind: UserKind, key_stage: str | None = None
    ) -> list[Match]:
        """Give the matches in the order of their places; per term and place one.

        In typed and pasted text U+0008 is the Backspace key. What was typed and deleted again counts for
        core themes only, and only where the term does not also stand in what was left.
        """
        question = _Question(source=source, user_kind=user_kind, key_stage=key_stage, deleted=False)
        if source is Source.WINDOW_TITLE or BACKSPACE not in text:
            return _in_order(self._matches(text, question))
        edited = apply_edits(text)
        matches = [_moved(match, edited.final) for match in self._matches(edited.final.text, question)]
        seen = {(match.list_id, match.term) for match in matches}
        for draft in edited.drafts:
            for match in self._matches(draft.text, replace(question, deleted=True)):
                name = match.list_id, match.term
                if match.end > draft.deleted_from and name not in seen:
                    seen.add(name)
                    matches.append(_moved(match, draft))
        return _in_order(matches)

    def _matches(self, text: str, question: _Question) -> list[Match]:
        found: list[Finding] = []
        for lane in LANES:
            reading = lane(text)
            if reading is not None:
                found += self._book.findings(reading)
        return self._judged(text, found, question) if found else []

    def _judged(self, text: str, found: list[Finding], question: _Question) -> list[Match]:
        title = question.source is Source.WINDOW_TITLE
        searched = title and is_search(text)
        scopes = (_SEARCH_TITLE if searched else _TITLE) if title else _SCOPES[question.source]
        wanted = [finding for finding in found if _concerns(finding, question, scopes)]
        circumstances = Circumstances(
            title=title,
            own_search=searched and is_own_search(text, found[0].reading.words),
            deleted=question.deleted,
        )
        return [_match(finding, circumstances) for finding in _longest(wanted)]


def _concerns(finding: Finding, question: _Question, scopes: frozenset[Scope]) -> bool:
    """Say whether the term is meant for this kind of text and person."""
    term = finding.rule.term
    return (
        not term.sources.isdisjoint(scopes)
        and question.user_kind in term.user_kinds
        and (question.key_stage is None or question.key_stage in term.key_stages)
        and (finding.rule.core or not question.deleted)
    )


def _longest(found: list[Finding]) -> Iterable[Finding]:
    """Keep, of the places of one term that overlap, the longest; of equals the first."""
    taken: dict[int, list[tuple[int, int]]] = {}
    for finding in sorted(found, key=lambda one: (one.first - one.last, one.first)):
        places = taken.setdefault(id(finding.rule), [])
        start, end = finding.reading.spans[finding.first][0], finding.reading.spans[finding.last][1]
        if all(end <= other_start or other_end <= start for other_start, other_end in places):
            places.append((start, end))
            yield finding


def _match(finding: Finding, circumstances: Circumstances) -> Match:
    severity, addends = weigh(finding, circumstances)
    spans = finding.reading.spans
    return Match(
        term=finding.rule.term.id,
        theme=finding.rule.list.theme,
        severity=severity,
        start=spans[finding.first][0],
        end=spans[finding.last][1],
        lane=DELETED if circumstances.deleted else finding.reading.lane,
        list_id=finding.rule.list.id,
        list_version=finding.rule.list.version,
        addends=addends,
        deleted=circumstances.deleted,
    )


def _moved(match: Match, draft: Draft) -> Match:
    """Give a match of an edited text its place in the raw text."""
    return replace(match, start=draft.origin[match.start], end=draft.origin[match.end - 1] + 1)


def _in_order(matches: list[Match]) -> list[Match]:
    return sorted(matches, key=lambda match: (match.start, match.end, match.list_id, match.term))
