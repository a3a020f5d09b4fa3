"""Why something was found in a text, or was not: every step of the matcher, in plain words for a person.

Pure, and for one text at a time; the text is only in what is given back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lamplighter_keywords.authoring.overrides import Override
from lamplighter_keywords.authoring.school import School
from lamplighter_keywords.authoring.wording import Wording
from lamplighter_keywords.bundles.licensed import LicensedList
from lamplighter_keywords.judging.titles import TitleParts, Titles
from lamplighter_keywords.licensed_lane import LICENSED, licensed_term
from lamplighter_keywords.matcher import Excuse, Match, Matcher
from lamplighter_keywords.terms import ALL_SCOPES, ALL_USER_KINDS, KeywordPack, Mode, Source, Term, UserKind

# How a place was read, for somebody who does not know the names of the lanes.
_LANES = {
    "exact": "as it stands",
    "speech": "as chat for plain words",
    "lookalike": "with letters of another alphabet that look alike",
    "repeat": "with letters repeated",
    "leet": "with digits or signs for letters",
    "joined": "with its words run together",
    "split": "with a word torn apart",
    "emoji": "with signs between letters",
    "spaced": "spelled out letter by letter",
    "censored": "with letters starred out",
    "typo": "with a typing slip",
    "deleted": "typed, then deleted again",
}


# Of the words that a term asks for, so many are told.
_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """A match, the words it was found in, and the reason that the list gives for its term."""

    match: Match
    words: str = field(repr=False)
    note: str
    # Where the school's own change gave the term another severity: what it says.
    changed: str = ""
    # The words that stand for steps of the severity, by the step.
    cues: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A term whose words stand in the text, and what leaves it out.

    An exception, a phrase known to be harmless, or the school that has switched the term off.
    """

    term: str
    words: str = field(repr=False)
    by: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearly:
    """A term whose words stand in a text in which nothing was found, and what else it asks for."""

    term: str
    words: str = field(repr=False)
    asks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What the matcher did with one text."""

    readings: tuple[str, ...] = field(repr=False)
    title: TitleParts | None = field(repr=False)
    detections: tuple[Detection, ...]
    left_out: tuple[LeftOut, ...]
    nearly: tuple[Nearly, ...] = ()

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps, a line each, in the order in which they happen."""
        return tuple(_steps(self))


def explain(
    lists: KeywordPack | School,
    text: str,
    *,
    source: Source,
    user_kind: UserKind,
    licensed: Sequence[LicensedList] = (),
) -> Explanation:
    """Match a text and tell how. Making the matcher takes a second with the shipped lists.

    Of a school's lists it is told also what its own changes did. Of a licensed list only its name and the
    number of the entry are told.
    """
    school = lists if isinstance(lists, School) else School(counting=lists, before=lists, changes=())
    pack = school.counting
    matcher = Matcher(pack, licensed)
    terms = {(one.id, term.id): term for one in pack.lists for term in one.terms}
    regraded = _regraded(school)
    title = Titles(pack.knowledge.sites).parts(text) if source is Source.WINDOW_TITLE else None
    detections = tuple(
        Detection(
            match=match,
            words=_words(text, match),
            note=_note(terms, match),
            changed=regraded.get(match.term, ""),
            cues={} if match.lane == LICENSED else matcher.cues(text, match),
        )
        for match in matcher.match(text, source=source, user_kind=user_kind)
    )
    left_out = (
        *_excused(school, text, matcher.excuses(text)),
        *_switched_off(school, text, source, user_kind),
    )
    return Explanation(
        readings=tuple(matcher.readings(text)),
        title=title,
        detections=detections,
        left_out=tuple(left_out),
        nearly=() if detections or left_out else tuple(_nearly(pack, text, source, user_kind)),
    )


def _regraded(school: School) -> dict[str, str]:
    """Say of each term to which the school gave another severity what its list has."""
    to = {one.term: one for one in school.changes if one.severity is not None}
    return {
        term.id: (
            f"your overrides.toml makes its severity {to[term.id].severity} instead of {term.severity} "
            f"until {to[term.id].expires}"
        )
        for one in school.before.lists
        for term in one.terms
        if term.id in to
    }


def _excused(school: School, text: str, excuses: Sequence[Excuse]) -> Iterator[LeftOut]:
    """Say which phrase covers each place, and whose it is."""
    own = _own_exceptions(school, {one.term for one in excuses})
    for one in excuses:
        change = own.get((one.term, one.phrase))
        if one.shared:
            by = f"the harmless phrase {_quoted(one.phrase)} covers"
        elif change:
            by = f"your own exception {_quoted(one.phrase)} covers until {change.expires}"
        else:
            by = f"the supplied exception {_quoted(one.phrase)} covers"
        yield LeftOut(term=one.term, words=text[one.start : one.end], by=by)


def _own_exceptions(school: School, terms: set[str]) -> dict[tuple[str, str], Override]:
    """Give the school's own exceptions of some terms, by term and as they are read."""
    changes = [one for one in school.changes if one.exceptions and one.term in terms]
    if not changes:
        return {}
    wording = Wording(school.counting.knowledge)
    return {
        (one.term, form): one
        for one in changes
        for phrase in one.exceptions
        for form in wording.forms(phrase, spoken=True)
    }


def _switched_off(school: School, text: str, source: Source, user_kind: UserKind) -> Iterator[LeftOut]:
    """Look again for what would be found if the school had not switched it off."""
    off = {one.term: one for one in school.changes if one.disabled}
    if not off:
        return
    lists = tuple(
        replace(one, terms=tuple(term for term in one.terms if term.id in off)) for one in school.before.lists
    )
    matcher = Matcher(replace(school.before, lists=lists))
    for match in matcher.match(text, source=source, user_kind=user_kind):
        by = f"your overrides.toml switches off until {off[match.term].expires}"
        yield LeftOut(term=match.term, words=_words(text, match), by=by)


def _nearly(pack: KeywordPack, text: str, source: Source, user_kind: UserKind) -> Iterator[Nearly]:
    """Look again as if no term asked for more than its words."""
    asking = {
        (one.id, term.id): term
        for one in pack.lists
        for term in one.terms
        if term.match is not Mode.ALL_OF and _asks(term)
    }
    lists = tuple(
        replace(
            one,
            terms=tuple(
                replace(term, requires=None, sources=ALL_SCOPES, user_kinds=ALL_USER_KINDS)
                for term in one.terms
                if (one.id, term.id) in asking
            ),
        )
        for one in pack.lists
    )
    for match in Matcher(replace(pack, lists=lists)).match(text, source=source, user_kind=user_kind):
        asks = _asks(asking[match.list_id, match.term])
        yield Nearly(term=match.term, words=_words(text, match), asks=asks)


def _asks(term: Term) -> str:
    """Say on what a term depends beside its own words; nothing if on no more."""
    asked = []
    if term.requires:
        some = ", ".join(map(_quoted, term.requires.any_of[:_EXAMPLES]))
        asked.append(f"within {term.requires.within} words of such as {some}")
    if term.sources != ALL_SCOPES:
        asked.append(f"in text that is {' or '.join(sorted(one.value for one in term.sources))}")
    if term.user_kinds != ALL_USER_KINDS:
        asked.append(f"for {' or '.join(sorted(one.value for one in term.user_kinds))}")
    return ", ".join(asked)


def _words(text: str, match: Match) -> str:
    return "" if match.lane == LICENSED else text[match.start : match.end]


def _note(terms: dict[tuple[str, str], Term], match: Match) -> str:
    term = terms.get((match.list_id, match.term))
    return term.note if term else ""


def _steps(explanation: Explanation) -> Iterator[str]:
    for nth, reading in enumerate(explanation.readings):
        yield f"{'read' if nth == 0 else 'read also'} as: {reading}"
    title = explanation.title
    if title is not None:
        place = f"{title.site} ({title.kind.value})" if title.kind else "no site or program that is known"
        yield f"title: the page is {_quoted(title.page)}, shown in {place}"
    for one in explanation.left_out:
        yield f"left out: {one.term} at {_quoted(one.words)}, which {one.by}"
    for detection in explanation.detections:
        yield from _detected(detection)
    for near in explanation.nearly:
        yield f"nearly: {near.term} at {_quoted(near.words)}, which counts only {near.asks}"
    if not explanation.detections and (explanation.left_out or explanation.nearly):
        yield "nothing found"
    elif not explanation.detections:
        yield "nothing found: no term of the lists stands in these words with all that it asks for"


def _detected(detection: Detection) -> Iterator[str]:
    match = detection.match
    if match.lane == LICENSED:
        yield f"found: {match.theme}, severity {match.severity}: {licensed_term(match.term)}"
        yield from _sum(match.addends, detection.cues)
        return
    yield (
        f"found: {match.theme}, severity {match.severity}: term {match.term} of the list {match.list_id}"
        f" (version {match.list_version})"
    )
    changed = f", {match.edits} changed" if match.edits else ""
    where = f"characters {match.start} to {match.end}"
    yield (
        f"  in {_quoted(detection.words)}, {where}, read {_LANES.get(match.lane, match.lane)}"
        f" (lane {match.lane}{changed})"
    )
    if detection.changed:
        yield f"  {detection.changed}"
    if detection.note:
        yield f"  why it is listed: {detection.note}"
    if not match.speaker_reviewed:
        yield "  no speaker of the language has reviewed this list"
    yield from _sum(match.addends, detection.cues)


def _sum(addends: Sequence[tuple[str, int]], cues: Mapping[str, str]) -> Iterator[str]:
    for reason, value in addends:
        heard = f": {_quoted(cues[reason])}" if reason in cues else ""
        yield f"  {value:+d} {reason}{heard}"


def _quoted(words: str) -> str:
    """Show words of a text on one line, with nothing that a terminal would obey."""
    return '"' + "".join(one if one.isprintable() else "\ufffd" for one in words) + '"'
