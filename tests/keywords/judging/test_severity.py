"""Severity and its steps."""

from lamplighter_keywords.matcher import Match
from lamplighter_keywords.terms import Lowers, Raises, Source, Term, UserKind

from tests.keywords.lists import matcher_of, term


def only(made: Term, text: str, *, theme: str = "core-theme", source: Source = Source.TYPED) -> Match:
    (match,) = matcher_of(made, theme=theme).match(text, source=source, user_kind=UserKind.PUPIL)
    return match


LESSON = Lowers(contexts=("curriculum",), to=1)


def test_without_contexts_the_term_decides() -> None:
    match = only(term("lamp", severity=4), "my lamp essay")
    assert (match.severity, match.addends) == (4, (("term", 4),))


def test_a_lesson_lowers() -> None:
    match = only(term("lamp", severity=4, lowers=LESSON), "lamp essay", theme="other-theme")
    assert (match.severity, match.addends) == (1, (("term", 4), ("context curriculum", -3)))


def test_a_core_theme_keeps_two_but_on_a_work_of_reference() -> None:
    made = term("lamp", severity=4, lowers=LESSON)
    assert only(made, "lamp essay").severity == 2
    assert only(made, "lamp essay wikipedia").severity == 1


def test_a_core_theme_keeps_three_when_somebody_means_it() -> None:
    made = term("lamp", severity=4, lowers=LESSON)
    for text in ("my lamp essay", "lamp essay tonight", "lamp essay, going to", "lamp essay and a rope"):
        assert only(made, text).severity == 3, text


def test_context_never_raises_by_lowering() -> None:
    assert only(term("lamp", severity=2, lowers=LESSON), "my lamp essay").severity == 2


def test_raising_ends_at_five() -> None:
    made = term("lamp", severity=4, raises=Raises(contexts=("time", "intent"), by=2))
    match = only(made, "lamp tonight")
    assert (match.severity, match.addends) == (5, (("term", 4), ("context time", 1)))
    assert only(made, "lamp").severity == 4


def test_a_title_never_falls_below_one() -> None:
    match = only(term("lamp", severity=1), "lamp", source=Source.WINDOW_TITLE)
    assert (match.severity, match.addends) == (1, (("term", 1),))
