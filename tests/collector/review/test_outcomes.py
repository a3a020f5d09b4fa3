from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_collector.errors import AnswersInvalid
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.review.outcomes import (
    CHOICES,
    Answers,
    answers_from,
    offered,
    outcome_words,
    reason_from,
)
from lamplighter_collector.review.states import State

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
COMPLETE = {
    "recorded": {"reference": "CP-77"},
    "referred": {"referred-to": "police", "told": "What was typed.", "parents": "on"},
    "pastoral": {"who": "Head of year, by Friday"},
    "watch": {"until": "1 12 2026"},
    "no_concern": {"why": "media", "sentence": "Words of a song."},
    "staff": {"about": "A teacher was signed in."},
    "test": {},
}

SENTENCES = {
    "Choose what you decided",
    "Give a day, month and year, for example 1 12 2026",
    "Give a date after today",
    "Give a date within a year",
    *(question.missing for choice in CHOICES for question in choice.questions),
}


def answers(audience: Audience = Audience.DSL, /, **form: str) -> Answers:
    return answers_from(form, audience=audience, now=NOW)


def problems(**form: str) -> dict[str, str]:
    with pytest.raises(AnswersInvalid) as refused:
        answers(**form)
    return dict(refused.value.problems)


def test_outcomes_are_offered_from_most_to_least_done() -> None:
    assert [choice.outcome for choice in offered(Audience.DSL)] == list(COMPLETE)


def test_the_head_passes_on_only_what_is_about_the_head_and_the_chair_nothing() -> None:
    (route,) = [choice for choice in offered(Audience.HEAD) if choice.outcome == "staff"]
    assert "chair of governors" in route.hint
    assert [choice.outcome for choice in offered(Audience.HEAD)] == list(COMPLETE)
    assert [choice.outcome for choice in offered(Audience.CHAIR)] == [
        key for key in COMPLETE if key != "staff"
    ]
    with pytest.raises(AnswersInvalid):
        answers(Audience.CHAIR, outcome="staff")


@pytest.mark.parametrize("outcome", COMPLETE)
def test_complete_answers_are_taken_and_each_open_question_is_named(outcome: str) -> None:
    form = COMPLETE[outcome]
    assert answers(outcome=outcome, **form).outcome == outcome
    required = [name for name in form if name != "parents"]
    assert set(problems(outcome=outcome, note="n" * 4001)) == {*required, "note"}


def test_what_another_outcome_asks_is_ignored() -> None:
    found = answers(outcome="test", reference="CP-77", until="nonsense", note="A drill")
    assert (found.texts, found.watch_until_ms) == ({"note": "A drill"}, None)
    assert "drill" not in repr(found)


def test_reasons_are_codes() -> None:
    found = answers(outcome="referred", **COMPLETE["referred"])
    assert (found.state, found.reason) == (State.ACTIONED, "police")
    assert found.texts == {"told": "What was typed.", "parents": "on"}
    assert "referred-to" in problems(outcome="referred", **{**COMPLETE["referred"], "referred-to": "<b>"})
    assert outcome_words("referred", "police") == "Referred: Police"
    assert outcome_words("no_concern", "other") == "No concern: Other"
    assert outcome_words("of-tomorrow", "code") == "of-tomorrow: code"
    assert outcome_words("pastoral") == "Pastoral conversation"


@pytest.mark.parametrize("outcome", ["", "closed", "RECORDED", "recorded\0", "<script>"])
def test_an_unknown_outcome_is_a_question_left_open(outcome: str) -> None:
    assert problems(outcome=outcome) == {"outcome": "Choose what you decided"}


@pytest.mark.parametrize(
    ("until", "day"),
    [("1 12 2026", 1), ("01/12/2026", 1), ("2.12.2026", 2), ("2026-12-03", 3), (" 22-11-2026 ", 22)],
)
def test_a_watch_ends_at_the_beginning_of_its_day(until: str, day: int) -> None:
    found = answers(outcome="watch", until=until)
    assert found.watch_until_ms is not None
    ends = datetime.fromtimestamp(found.watch_until_ms / 1000, UTC)
    assert (ends.day, ends.hour, ends.minute) == (day, 0, 0)


@pytest.mark.parametrize(
    "until",
    ["21 11 2026", "1 1 1970", "1 12 9999", "31 2 2027", "0 0 0000", "tomorrow", "1" * 5000, "١ ١٢ ٢٠٢٦x"],
)
def test_a_watch_needs_a_date_to_come(until: str) -> None:
    assert set(problems(outcome="watch", until=until)) == {"until"}


@given(st.fixed_dictionaries({}, optional={name: st.text() for name in ("outcome", "note", "until", "why")}))
def test_any_form_is_answered_with_answers_or_with_fixed_sentences(form: dict[str, str]) -> None:
    try:
        answers(**form)
    except AnswersInvalid as error:
        refused = error
    else:
        return
    said = set(refused.problems.values())
    assert said
    assert said <= SENTENCES


def test_what_no_keyboard_writes_is_left_out() -> None:
    found = answers(outcome="test", note="  a\0b\x1bc\ud800d\r\ne\tf  ")
    assert found.texts == {"note": "abcd\ne\tf"}
    found.texts["note"].encode()


def test_reopening_needs_a_reason() -> None:
    assert reason_from({"reason": " New facts. "}) == "New facts."
    for reason in ("", " \0 ", "x" * 4001):
        with pytest.raises(AnswersInvalid):
            reason_from({"reason": reason})


def test_no_outcome_asks_two_questions_by_one_name() -> None:
    names = [question.name for choice in CHOICES for question in choice.questions]
    assert len(names) == len(set(names))
