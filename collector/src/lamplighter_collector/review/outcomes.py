"""The fixed outcomes, the questions each one asks, and what a form answered: pure.

The order runs from most to least done and never changes; none is a default. What a person wrote in answers
is text about somebody: it is sealed before it is stored, and `AnswersInvalid` names fields, never answers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal

from lamplighter_collector.errors import AnswersInvalid
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.review.states import State

NOTE_CHARACTERS: Final = 4_000
LINE_CHARACTERS: Final = 200
_LONGEST_WATCH_DAYS: Final = 366
NOTE: Final = "note"
REASON: Final = "reason"
OUTCOME: Final = "outcome"
_DATE: Final = re.compile(r"(?P<day>\d{1,2})[ ./-](?P<month>\d{1,2})[ ./-](?P<year>\d{4})")
_ISO_DATE: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Outcome(StrEnum):
    """What a person decided."""

    RECORDED = "recorded"
    REFERRED = "referred"
    PASTORAL = "pastoral"
    WATCH = "watch"
    NO_CONCERN = "no_concern"
    STAFF = "staff"
    TEST = "test"


Kind = Literal["line", "text", "choice", "tick", "date"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that an outcome asks."""

    name: str
    label: str
    kind: Kind
    missing: str = ""
    """What is said when it is left open; empty where that is allowed."""
    hint: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    """For a choice: the code that is stored, and its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One outcome as it is offered."""

    outcome: Outcome
    label: str
    hint: str
    state: State
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A complete decision form. ``texts`` holds what was written, by field."""

    outcome: Outcome
    state: State
    reason: str = ""
    watch_until_ms: int | None = None
    texts: Mapping[str, str] = field(repr=False)


_REFERRED_TO: Final = (
    ("front-door", "Children's front door"),
    ("police", "Police"),
    ("prevent", "Prevent"),
    ("exploitation", "Child exploitation reporting"),
    ("designated-officer", "Local authority designated officer"),
    ("other", "Other"),
)
_NO_CONCERN: Final = (
    ("lesson", "Lesson or homework"),
    ("media", "Song, game or film"),
    ("joke", "Joke between friends, checked"),
    ("wrong-person", "Wrong person"),
    ("other", "Other"),
)
CHOICES: Final = (
    Choice(
        outcome=Outcome.RECORDED,
        label="Safeguarding record made",
        hint="It now lives in your record system",
        state=State.ACTIONED,
        questions=(
            Question(
                name="reference",
                label="Reference in the record system",
                kind="line",
                missing="Give the reference in the record system",
            ),
        ),
    ),
    Choice(
        outcome=Outcome.REFERRED,
        label="Referred",
        hint="You passed it to another agency",
        state=State.ACTIONED,
        questions=(
            Question(
                name="referred-to",
                label="Referred to",
                kind="choice",
                missing="Choose whom you referred it to",
                reasons=_REFERRED_TO,
            ),
            Question(
                name="told",
                label="What you told them, in a sentence or two",
                kind="text",
                missing="Say what you told them, in a sentence or two",
            ),
            Question(
                name="parents",
                label="Parents or carers have been told, or there is a reason not to",
                kind="tick",
            ),
        ),
    ),
    Choice(
        outcome=Outcome.PASTORAL,
        label="Pastoral conversation",
        hint="Someone who knows the pupil will talk to them",
        state=State.ACTIONED,
        questions=(
            Question(
                name="who",
                label="Who will, and by when",
                kind="line",
                missing="Say who will talk to them, and by when",
            ),
        ),
    ),
    Choice(
        outcome=Outcome.WATCH,
        label="Watch",
        hint="Bring it back on a date; anything worse comes at once, as an item of its own",
        state=State.WATCHING,
        questions=(
            Question(
                name="until",
                label="Watch until",
                kind="date",
                missing="Give the date to watch until",
                hint="For example 1 12 2026",
            ),
        ),
    ),
    Choice(
        outcome=Outcome.NO_CONCERN,
        label="No concern",
        hint="The words did not mean what they seemed to",
        state=State.NO_CONCERN,
        questions=(
            Question(
                name="why",
                label="Why",
                kind="choice",
                missing="Choose why there is no concern",
                reasons=_NO_CONCERN,
            ),
            Question(
                name="sentence",
                label="In a sentence",
                kind="line",
                missing="Say why there is no concern, in a sentence",
            ),
        ),
    ),
    Choice(
        outcome=Outcome.STAFF,
        label="This is about a member of staff",
        hint="It leaves your queue and goes to the headteacher. This can't be undone from here.",
        state=State.STAFF_ROUTED,
        questions=(
            Question(
                name="about",
                label="In a sentence, what makes it so",
                kind="line",
                missing="Say in a sentence what makes it so",
            ),
        ),
    ),
    Choice(
        outcome=Outcome.TEST,
        label="Test",
        hint="Part of a check; kept out of all figures",
        state=State.TEST,
    ),
)
_OF_THE_HEAD: Final = replace(
    CHOICES[-2],
    label="This is about the headteacher",
    hint="It leaves your queue and goes to the chair of governors. This can't be undone from here.",
)


_REASONS: Final = {
    (choice.outcome.value, code): words
    for choice in CHOICES
    for question in choice.questions
    for code, words in question.reasons
}


def offered(audience: Audience) -> tuple[Choice, ...]:
    """The outcomes that a reader of this audience may choose; the chair has nobody to pass an item to."""
    if audience is Audience.DSL:
        return CHOICES
    route = (_OF_THE_HEAD,) if audience is Audience.HEAD else ()
    return (*CHOICES[:-2], *route, *CHOICES[-1:])


def outcome_words(outcome: str, reason: str = "") -> str:
    """Such as ``Referred: Police``; one that this collector does not know is shown as it was stored."""
    label = next((choice.label for choice in CHOICES if choice.outcome == outcome), outcome)
    return f"{label}: {_REASONS.get((outcome, reason), reason)}" if reason else label


def answers_from(form: Mapping[str, str], *, audience: Audience, now: datetime) -> Answers:
    """A complete decision, from what a form sent.

    Args:
        form: by field; what another outcome asks is ignored.
        audience: who is deciding.
        now: in the school's own time; a watch ends at the beginning of its day there.

    Raises:
        AnswersInvalid: with a sentence for each field to mend.
    """
    problems: dict[str, str] = {}
    texts = {NOTE: _clean(form.get(NOTE, ""))}
    if len(texts[NOTE]) > NOTE_CHARACTERS:
        problems[NOTE] = f"Shorten the note to {NOTE_CHARACTERS:,} characters"
    choice = next((each for each in offered(audience) if each.outcome == form.get(OUTCOME)), None)
    if choice is None:
        raise AnswersInvalid({OUTCOME: "Choose what you decided", **problems})
    reason, until = "", None
    for question in choice.questions:
        answer = _clean(form.get(question.name, ""))
        problem = _problem(question, answer)
        if question.kind == "date" and not problem:
            until, problem = _watch_until(answer, now)
        elif question.kind == "choice":
            reason = answer
        elif question.kind != "date":
            texts[question.name] = answer
        if problem:
            problems[question.name] = problem
    if problems:
        raise AnswersInvalid(problems)
    return Answers(
        outcome=choice.outcome,
        state=choice.state,
        reason=reason,
        watch_until_ms=until,
        texts={name: text for name, text in texts.items() if text},
    )


def reason_from(form: Mapping[str, str]) -> str:
    """Why something is reopened.

    Raises:
        AnswersInvalid: it is missing or too long.
    """
    reason = _clean(form.get(REASON, ""))
    if not reason:
        raise AnswersInvalid({REASON: "Say why you reopen it, in a sentence"})
    if len(reason) > NOTE_CHARACTERS:
        raise AnswersInvalid({REASON: f"Shorten the reason to {NOTE_CHARACTERS:,} characters"})
    return reason


def _problem(question: Question, answer: str) -> str:
    known = question.kind != "choice" or answer in dict(question.reasons)
    if not answer or not known:
        return question.missing
    limit = NOTE_CHARACTERS if question.kind == "text" else LINE_CHARACTERS
    return f"Shorten this to {limit:,} characters: {question.label}" if len(answer) > limit else ""


def _watch_until(answer: str, now: datetime) -> tuple[int | None, str]:
    found = _DATE.fullmatch(answer) or _ISO_DATE.fullmatch(answer)
    try:
        day = date(*(int(found[part]) for part in ("year", "month", "day"))) if found else None
    except ValueError:
        day = None
    if day is None:
        return None, "Give a day, month and year, for example 1 12 2026"
    if day <= now.date():
        return None, "Give a date after today"
    if (day - now.date()).days > _LONGEST_WATCH_DAYS:
        return None, "Give a date within a year"
    start = datetime(day.year, day.month, day.day, tzinfo=now.tzinfo)
    return int(start.timestamp() * 1000), ""


def _clean(text: str) -> str:
    """Without what no keyboard writes: control characters other than tab and new line, lone surrogates."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n")).strip()
