"""Claims, decisions and earlier items, worded. Who acts comes first: "You", a colleague's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lamplighter_collector.review import states
from lamplighter_collector.review.history import DecisionRecord, Item
from lamplighter_collector.review.outcomes import CHOICES, NOTE, outcome_words
from lamplighter_collector.review.states import Standing, State, Verb
from lamplighter_collector.web.moments import day_words, moment_words, time_words
from lamplighter_collector.web.reader import Reader
from lamplighter_collector.web.themes import theme_name
from lamplighter_collector.web.wording import SEVERITY_NAMES, UNKNOWN_ACCOUNT, reference_of

_LABELS: Final[Mapping[str, str]] = {NOTE: "Note"} | {
    question.name: question.label for choice in CHOICES for question in choice.questions
}
_ACTS: Final = {Verb.UNDO: "Undone", Verb.REOPEN: "Reopened"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """Who is looking at it."""

    lead: str = field(repr=False)
    text: str
    mine: bool = False
    free: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """One row of the record of an incident."""

    title: str
    byline: str = field(repr=False)
    texts: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierLine:
    """One earlier item of the same person on the same device."""

    id: str
    reference: str
    when: str
    theme: str
    severity: str
    decided: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedLine:
    """One closed item in the list of all."""

    id: str
    reference: str
    when: str
    theme: str
    user: str = field(repr=False)
    severity: str
    decided: str
    by: str = field(repr=False)


def claim_line(standing: Standing, reader: Reader) -> ClaimLine | None:
    """None when it is closed: there is nothing to look at together."""
    if not states.is_open(standing, reader.now_ms):
        return None
    if states.reads_as(standing, reader.now_ms) is not State.CLAIMED:
        return ClaimLine(lead="Nobody is reviewing this yet.", text="", free=True)
    until = time_words(states.claim_ends_ms(standing))
    if standing.claimed_by == reader.account:
        return ClaimLine(
            lead="You are reviewing this.", text=f"Others can see that until {until}.", mine=True
        )
    since = time_words(standing.claimed_at_ms or 0)
    lead = f"{reader.name(standing.claimed_by)} is reviewing this, since {since}."
    return ClaimLine(lead=lead, text=f"That ends at {until}. You can decide nevertheless.")


def queue_note(standing: Standing, reader: Reader) -> str:
    """What the queue's row adds: why it came back, who is looking."""
    notes = []
    if states.watch_ended(standing, reader.now_ms):
        notes.append(f"Back because a watch ended on {day_words(standing.watch_until_ms or 0)}.")
    if states.reads_as(standing, reader.now_ms) is State.CLAIMED:
        who = reader.name_or_you(standing.claimed_by)
        notes.append("You are reviewing this." if who == "You" else f"{who} is reviewing this.")
    return " ".join(notes)


def standing_words(standing: Standing, reason: str, now_ms: int) -> str:
    """What was decided, or that nothing is."""
    if states.is_open(standing, now_ms):
        return "Open"
    words = outcome_words(standing.outcome or "", reason)
    if standing.state is State.WATCHING:
        return f"{words} until {day_words(standing.watch_until_ms or 0)}"
    return words


def record_lines(record: Sequence[DecisionRecord], reader: Reader) -> list[RecordLine]:
    return [
        RecordLine(
            title=_ACTS.get(row.verb) or outcome_words(row.outcome, row.reason),
            byline=f"{reader.name_or_you(row.by)}, {moment_words(row.at_ms, reader.now_ms)}",
            texts=tuple((_label(row, name), _text(name, text)) for name, text in row.texts.items()),
        )
        for row in record
    ]


def earlier_lines(items: Sequence[Item], now_ms: int) -> list[EarlierLine]:
    return [
        EarlierLine(
            id=item.id,
            reference=reference_of(item.id),
            when=day_words(item.last_at_ms),
            theme=theme_name(item.theme),
            severity=f"{item.severity} {SEVERITY_NAMES[item.severity]}",
            decided=standing_words(item.standing, item.reason, now_ms),
        )
        for item in items
    ]


def decided_lines(items: Sequence[Item], reader: Reader) -> list[DecidedLine]:
    return [
        DecidedLine(
            id=item.id,
            reference=reference_of(item.id),
            when=moment_words(item.standing.decided_at_ms or 0, reader.now_ms),
            theme=theme_name(item.theme),
            user=item.user or UNKNOWN_ACCOUNT,
            severity=f"{item.severity} {SEVERITY_NAMES[item.severity]}",
            decided=standing_words(item.standing, item.reason, reader.now_ms),
            by=reader.name_or_you(item.standing.decided_by),
        )
        for item in items
    ]


def follows(theme: str, severity: int, items: Sequence[Item], now_ms: int) -> Item | None:
    """The latest closed item of this theme that was less grave: this one is worse, and comes after it."""
    closed = (item for item in items if not states.is_open(item.standing, now_ms))
    return next((item for item in closed if item.theme == theme and item.severity < severity), None)


def _label(row: DecisionRecord, name: str) -> str:
    return "Reason" if row.verb is Verb.REOPEN else _LABELS.get(name, name)


def _text(name: str, text: str) -> str:
    return "Yes" if name == "parents" else text
