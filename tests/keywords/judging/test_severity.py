"""Severity and its steps."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.judging.severity import ONE_WORD, PLAIN, UNREVIEWED, judge_of
from lamplighter_keywords.knowledge import Knowledge, SiteKind
from lamplighter_keywords.matcher import Match, Matcher
from lamplighter_keywords.shipped import shipped_knowledge
from lamplighter_keywords.terms import Lowers, Raises, Source, Term, UserKind

from tests.keywords.lists import pack_of, term

SHIPPED = shipped_knowledge()
# The contexts of the shipped knowledge; works and sites of our own.
KNOWN = Knowledge(
    classes=SHIPPED.classes,
    cues=SHIPPED.cues,
    works=("The Lamplighter's Tale",),
    sites={
        "Wickipedia": SiteKind.REFERENCE,
        "Wick News": SiteKind.NEWS,
        "Wickline": SiteKind.HELPLINE,
        "Wick Search": SiteKind.SEARCH,
        "Wickcraft": SiteKind.GAME,
        "Wicktube": SiteKind.VIDEO,
    },
)
PUPIL, STAFF = UserKind.PUPIL, UserKind.STAFF
TYPED, TITLE = Source.TYPED, Source.WINDOW_TITLE
LAMP = term("lamp", severity=4)


def only(
    text: str,
    made: Term = LAMP,
    *,
    theme: str = "core-theme",
    source: Source = TYPED,
    user_kind: UserKind = PUPIL,
) -> Match:
    matcher = Matcher(pack_of(made, theme=theme, knowledge=KNOWN))
    (match,) = matcher.match(text, source=source, user_kind=user_kind)
    assert match.severity == sum(value for _, value in match.addends)
    return match


def typed(text: str, *, theme: str = "core-theme") -> int:
    return only(text, theme=theme).severity


def titled(text: str, *, theme: str = "core-theme") -> int:
    return only(text, theme=theme, source=TITLE).severity


def test_without_contexts_the_term_decides() -> None:
    match = only("the lamp shines")
    assert (match.severity, match.addends) == (4, (("term", 4),))


def test_a_lesson_lowers() -> None:
    match = only("lamp essay", theme="other-theme")
    assert (match.severity, match.addends) == (1, (("term", 4), ("it looks like school work", -3)))


@pytest.mark.parametrize("text", ["lamp essay, my mum", "essay: you lamp", "lamp essay, we are going to"])
def test_beside_school_what_is_meant_for_somebody_is_seen(text: str) -> None:
    assert typed(text, theme="other-theme") == 3
    assert only(text, term("lamp", severity=2), theme="other-theme").severity == 2


def test_cheating_at_school_work_is_seen() -> None:
    assert typed("lamp essay", theme="cyber-misuse") == 2


def test_a_core_theme_keeps_two_but_on_a_known_title() -> None:
    assert typed("lamp essay") == 2
    assert typed("the lamp in The Lamplighter's Tale") == 1
    assert titled("Lamp - Wickipedia") == 1
    assert titled("Lamp - Wick News") == 1


@pytest.mark.parametrize(
    "text", ["lamp essay, my mum", "lamp essay tonight", "lamp essay, going to", "lamp essay and a rope"]
)
def test_a_core_theme_keeps_three_when_somebody_means_it(text: str) -> None:
    assert typed(text) == 3
    assert typed(text + " in The Lamplighter's Tale") == 3


def test_school_work_is_not_meant() -> None:
    assert typed("my essay on the lamp") == 2
    assert typed("for our pshe lesson i have to write about the lamp by friday") == 2


def test_on_a_page_of_others_a_quoted_person_is_theirs() -> None:
    assert titled("I want my lamp - Wickipedia") == 2
    assert titled("'I want my lamp', says mayor - Wick News") == 1
    assert titled("\u201cI want my lamp\u201d - Wick News") == 1
    assert titled("Lamp off the bridge at last - Wick News") == 1


def test_a_helpline_lowers_to_two_but_never_a_disclosure_below_four() -> None:
    assert typed("lamp helpline") == 2
    assert typed("my lamp, is there a helpline") == 4
    assert only("my lamp, is there a helpline", term("lamp", severity=5)).severity == 4
    assert typed("lamp helpline", theme="other-theme") == 2
    # The page of a helpline was written by others.
    assert titled("What about my lamp | Wickline") == 2


@pytest.mark.parametrize("theme", ["violence", "weapons", "bullying"])
@pytest.mark.parametrize(
    "text", ["lamp him in minecraft", "lamp in the penalty shootout", "lamp in the best film"]
)
def test_play_lowers_what_may_be_play(text: str, theme: str) -> None:
    assert typed(text, theme=theme) == 1
    assert typed(f"{text}, irl", theme=theme) == 4
    assert typed(text, theme="other-theme") == 4


def test_play_excuses_nothing_that_is_meant_nor_said_to_somebody_nor_the_gravest() -> None:
    assert typed("lamp in minecraft") == 4
    assert typed("lamp and the headshot, you", theme="bullying") == 4
    assert only("lamp and a headshot", term("lamp", severity=5), theme="violence").severity == 5
    assert only("lamp essay", term("lamp", severity=5), theme="violence").severity == 2


def test_what_is_done_in_a_game_is_done_in_a_game() -> None:
    for theme in ("violence", "weapons", "bullying", "drugs"):
        made = term("lamp you", severity=5)
        assert only("i will lamp you in minecraft tonight", made, theme=theme).severity == 1
        assert only("i will lamp you at the bus stop in minecraft tonight", made, theme=theme).severity == 5
        assert only("minecraft, i will lamp you", made, theme=theme).severity == 5
    assert typed("my lamp in minecraft", theme="suicide") == 4


def test_a_game_in_the_title_is_play() -> None:
    assert titled("Lamp them all - Wickcraft", theme="weapons") == 1
    assert titled("Lamp them all - Wicktube", theme="weapons") == 3


def test_a_slide_that_shows_where_help_is_alerts_nobody() -> None:
    assert titled("PSHE lesson 4: lamp awareness, and who can I talk to - slides") == 1
    assert typed("PSHE lesson 4: lamp awareness") == 2
    assert titled("PSHE lesson 4: my lamp awareness") == 2


def test_the_title_of_a_policy_is_nobodys_own() -> None:
    topic = term("lamp", severity=2)
    title = "Behaviour policy appendix C: support plan for pupils who lamp - Word"
    assert only(title, topic, source=TITLE).severity == 1
    assert only(title, source=TITLE).severity == 3
    for text in (
        "Behaviour policy: my lamp",
        "how to lamp, safeguarding policy",
        "school policy lamp - Wick Search",
    ):
        assert only(text, topic, source=TITLE).severity == 2
    assert only("the behaviour policy is lamp", topic).severity == 2


def test_a_plan_on_paper_is_no_intention() -> None:
    assert typed("the lesson plan: lamp awareness, homework") == 2
    assert typed("the plan: lamp awareness, homework") == 3


def test_the_safeguarding_work_of_staff_is_none_of_its_own() -> None:
    text = "pupil disclosed lamp, referral to social care, i am concerned"
    assert only(text, user_kind=STAFF).severity == 1
    assert only(text).severity == 4
    assert only("my lamp", user_kind=STAFF).severity == 4
    assert only(text, theme="grooming", user_kind=STAFF).severity == 4


def test_staff_in_distress_are_looked_after() -> None:
    assert only("my lamp", theme="suicide", user_kind=STAFF).severity == 3
    assert only("my lamp", theme="suicide").severity == 4


def test_the_lowest_context_is_the_one_that_is_told() -> None:
    match = only("lamp essay helpline", theme="other-theme")
    assert match.addends == (("term", 4), ("it looks like school work", -3))


def test_a_term_may_lower_by_itself() -> None:
    made = term("lamp", severity=4, lowers=Lowers(contexts=("negation", "past_help"), to=2))
    assert only("not the lamp", made, theme="other-theme").severity == 2
    assert only("not the lamp", made).severity == 2
    assert only("not my lamp", made).severity == 3


def test_context_never_raises_by_lowering() -> None:
    made = term("lamp", severity=2, lowers=Lowers(contexts=("curriculum",), to=3))
    assert only("my lamp essay", made).severity == 2


def test_raising_ends_at_five() -> None:
    made = term("lamp", severity=4, raises=Raises(contexts=("time", "intent"), by=2))
    match = only("lamp tonight", made)
    assert (match.severity, match.addends) == (5, (("term", 4), ("the words name a time or a day", 1)))
    assert only("lamp", made).severity == 4


def test_one_word_by_itself_is_three_at_most() -> None:
    made = term("lamp", mode="word", severity=5)
    assert only("lamp", made).addends == (("term", 5), (ONE_WORD, -2))
    assert only("lamp", replace(made, standalone=True)).severity == 5
    assert only("lamp on", term("lamp", mode="word", severity=5, any_of=("on",))).severity == 5


def test_a_list_no_speaker_reviewed_is_four_at_most() -> None:
    pack = pack_of(term("lamp", severity=5))
    pack = replace(pack, lists=(replace(pack.lists[0], speaker_reviewed=False),))
    (match,) = Matcher(pack).match("lamp", source=TYPED, user_kind=PUPIL)
    assert match.addends == (("term", 5), (UNREVIEWED, -1))


def test_a_title_counts_one_less_but_not_less_than_two() -> None:
    assert only("lamp", source=TITLE).addends == (("term", 4), ("window title", -1))
    assert only("lamp", term("lamp", severity=2), source=TITLE).severity == 2
    assert only("lamp", term("lamp", severity=1), source=TITLE).severity == 1


def test_a_search_of_ones_own_counts_as_typed() -> None:
    assert titled("my lamp - Wick Search") == 4
    assert titled("lamp - Wick Search") == 3


def test_what_was_deleted_counts_one_less() -> None:
    assert only("lamp" + "\b" * 4).addends == (("term", 4), ("typed, then deleted", -1))


@given(
    cues=st.lists(st.sampled_from(sorted(KNOWN.cues["curriculum"])), min_size=1, max_size=4),
    before=st.booleans(),
    severity=st.integers(2, 5),
    source=st.sampled_from([TYPED, TITLE]),
    text=st.sampled_from(["lamp", "my lamp", "lamp tonight", "you lamp"]),
)
def test_no_word_of_school_silences_a_core_theme(
    cues: list[str], severity: int, source: Source, text: str, *, before: bool
) -> None:
    # Classes and alternatives are spelled out by any one of their words.
    said = " ".join(cue.translate(str.maketrans("(){}|", "     ")) for cue in cues)
    whole = f"{said} {text}" if before else f"{text} {said}"
    matches = CORE[severity].match(whole, source=source, user_kind=PUPIL)
    assert max(match.severity for match in matches) >= 2


CORE = {n: Matcher(pack_of(term("lamp", severity=n), knowledge=KNOWN)) for n in range(2, 6)}


def test_a_judge_is_made_once() -> None:
    assert judge_of(KNOWN) is judge_of(replace(KNOWN))


def test_every_context_has_plain_words() -> None:
    assert all("_" not in reason for reason in PLAIN.values())
