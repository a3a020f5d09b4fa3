"""The lists that are shipped: every term finds what it is for, and ordinary school life is left alone."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from lamplighter_keywords.authoring.lint import lint_folder
from lamplighter_keywords.authoring.loading import load_themes
from lamplighter_keywords.matcher import Match
from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.shipped import shipped_knowledge
from lamplighter_keywords.terms import KeywordList, Mode, Scope, Source, Term, UserKind

from tests.keywords.ordinary_school_life import STAFF, TITLES, TYPED
from tests.keywords.shipped_matcher import LISTS, THEMES, shipped_matcher, shipped_pack

FIRST_THEMES = {
    *("suicide", "self-harm", "bullying", "grooming", "radicalisation"),
    *("weapons", "drugs", "gambling", "scams", "hate"),
}
FEWEST_TERMS = 25
ALERTS_FROM = 2


each_list = pytest.mark.parametrize(
    "keyword_list", shipped_pack().lists, ids=[one.id for one in shipped_pack().lists]
)


def found(term: Term, sentence: str) -> list[Match]:
    typed = Scope.TYPED in term.sources
    source = Source.TYPED if typed else Source.WINDOW_TITLE
    user_kind = UserKind.PUPIL if UserKind.PUPIL in term.user_kinds else UserKind.STAFF
    matches = shipped_matcher().match(sentence, source=source, user_kind=user_kind)
    return [match for match in matches if match.term == term.id]


def alerts(sentence: str, source: Source, user_kind: UserKind = UserKind.PUPIL) -> list[tuple[str, str]]:
    matches = shipped_matcher().match(sentence, source=source, user_kind=user_kind)
    return [
        (match.term, sentence[match.start : match.end]) for match in matches if match.severity >= ALERTS_FROM
    ]


@pytest.mark.timeout(300)  # all lists at once: half a minute on a machine with nothing else to do
def test_lint_has_nothing_to_say() -> None:
    report = lint_folder(LISTS, load_themes(THEMES), shipped_knowledge())
    assert [str(problem) for problem in report.problems] == []


def test_the_first_ten_themes_have_a_list_in_english() -> None:
    assert {one.theme for one in shipped_pack().lists if one.language == "en"} >= FIRST_THEMES


@each_list
def test_a_list_lies_where_its_heading_says(keyword_list: KeywordList) -> None:
    path = Path(keyword_list.file)
    assert keyword_list.risk_area is not None
    assert path.parts == (keyword_list.risk_area.value, f"{keyword_list.theme}.{keyword_list.language}.toml")
    assert keyword_list.id == f"{keyword_list.theme}.{keyword_list.language}"


def wordings(term: Term) -> list[str]:
    """What each finds a place by itself: a text, and of an all_of term all its parts together."""
    folded = [fold(text) for text in term.text]
    return [" * ".join(folded)] if term.match is Mode.ALL_OF else folded


@each_list
def test_a_list_has_enough_terms_with_words_of_their_own(keyword_list: KeywordList) -> None:
    assert len(keyword_list.terms) >= (FEWEST_TERMS if keyword_list.language == "en" else 1)
    counted = Counter(one for term in keyword_list.terms for one in wordings(term))
    assert all(any(counted[one] == 1 for one in wordings(term)) for term in keyword_list.terms)


# One test a list, which tells of every term that fails: a test for each of some seven thousand terms costs
# more than the terms.
@each_list
def test_each_hit_is_found_and_alerts(keyword_list: KeywordList) -> None:
    faults = []
    for term in keyword_list.terms:
        for sentence in term.tests.hit:
            matches = found(term, sentence)
            if not matches:
                faults.append(f"{term.id}: {sentence!r} is not found")
            elif max(match.severity for match in matches) < min(term.severity, ALERTS_FROM):
                faults.append(f"{term.id}: {sentence!r} does not alert")
    assert faults == []


@each_list
def test_each_miss_is_left_alone(keyword_list: KeywordList) -> None:
    assert [
        f"{term.id}: {sentence!r} is found"
        for term in keyword_list.terms
        for sentence in term.tests.miss
        if found(term, sentence)
    ] == []


@each_list
def test_each_miss_alerts_for_no_other_term(keyword_list: KeywordList) -> None:
    assert [
        (term.id, sentence, told)
        for term in keyword_list.terms
        for sentence in term.tests.miss
        if (told := alerts(sentence, Source.TYPED))
    ] == []


def alerting(
    sentences: Iterable[str], source: Source, user_kind: UserKind = UserKind.PUPIL
) -> dict[str, list[tuple[str, str]]]:
    """Give the sentences that alert, and for what."""
    told = ((sentence, alerts(sentence, source, user_kind)) for sentence in sentences)
    return {sentence: some for sentence, some in told if some}


def test_what_pupils_write_all_day_does_not_alert() -> None:
    assert alerting(TYPED, Source.TYPED) == {}


def test_what_pupils_read_all_day_does_not_alert() -> None:
    assert alerting(TITLES, Source.WINDOW_TITLE) == {}


def test_what_staff_write_all_day_does_not_alert() -> None:
    assert alerting(STAFF, Source.TYPED, UserKind.STAFF) == {}


def test_apostrophes_and_spellings_of_chat_make_no_difference() -> None:
    for sentence in (
        "i don't want to be here anymore",
        "i dont want to be here anymore",
        "I DON’T WANT TO BE HERE ANYMORE",
        "dont wanna be here anymore",
        "i wanna die",
        "im gonna kill my self",
    ):
        assert alerts(sentence, Source.TYPED), sentence


def test_a_plan_is_graver_than_a_wish_and_a_wish_than_the_topic() -> None:
    def gravest(sentence: str) -> int:
        matches = shipped_matcher().match(sentence, source=Source.TYPED, user_kind=UserKind.PUPIL)
        return max((match.severity for match in matches if match.theme == "suicide"), default=0)

    assert gravest("im going to kill myself tonight") > gravest("i just want to die")
    assert gravest("i just want to die") > gravest("what is suicide")
