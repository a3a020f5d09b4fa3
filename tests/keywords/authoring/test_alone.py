"""What lint refuses as a term because it says nothing by itself, and what it lets through."""

from dataclasses import replace

import pytest
from lamplighter_keywords.authoring.alone import everyday, identity
from lamplighter_keywords.reading.vocabulary import Vocabulary
from lamplighter_keywords.terms import Confidence, Mode, Requires, Term

WORDS = Vocabulary.of((), common=("homework", "suitcase"))


def term(*texts: str, match: Mode = Mode.PHRASE, severity: int = 3, near: tuple[str, ...] = ()) -> Term:
    requires = Requires(any_of=near, within=4) if near else None
    return Term(id="la-0001", text=texts, match=match, severity=severity, requires=requires)


@pytest.mark.parametrize("text", ["table", "Homework", "READING", "Hull", "Milton-Keynes", "Butt", "of the"])
def test_a_common_word_a_place_and_a_name_are_refused(text: str) -> None:
    (problem,) = everyday(term("lamp oil", text), WORDS)
    assert repr(text) in problem
    assert "requires" in problem


def test_a_regular_expression_does_not_hide_one() -> None:
    (problem,) = everyday(term("(leeds|zqk)", match=Mode.REGEX), WORDS)
    assert "'leeds'" in problem
    assert not list(everyday(term("zqk[0-9]{1,2}", match=Mode.REGEX), WORDS))


@pytest.mark.parametrize(
    "fit",
    [
        term("table", severity=1),
        term("table", near=("turned",)),
        term("reading", "hull", match=Mode.ALL_OF),
        term("lamp oil"),
        replace(term("suitcase"), confidence=Confidence.HIGH),
    ],
)
def test_an_everyday_word_may_stand_with_others_or_for_context(fit: Term) -> None:
    assert not list(everyday(fit, WORDS))


def test_a_place_stays_one_however_sure_its_editor_is() -> None:
    assert list(everyday(replace(term("hull"), confidence=Confidence.HIGH), WORDS))


@pytest.mark.parametrize(
    "said",
    [
        term("muslim"),
        term("Jews"),
        term("gypsies"),
        term("gay muslims"),
        term("all lesbians are"),
        term("my jewish friend"),
        term("asylum seekers"),
        term("(gay|lesbian)", match=Mode.REGEX),
        term("gay", "teacher", match=Mode.ALL_OF),
        term("gay", severity=1),
    ],
)
def test_identity_alone_is_refused_in_every_form(said: Term) -> None:
    assert list(identity(said))


@pytest.mark.parametrize(
    "hostile",
    [
        term("jews should leave"),
        term("gay", near=("so",)),
        term("muslims", "filthy", match=Mode.ALL_OF),
        term("boss", "class"),
        term("(he is|she is) (gay|queer) scum", match=Mode.REGEX),
    ],
)
def test_what_is_said_against_somebody_is_none(hostile: Term) -> None:
    assert not list(identity(hostile))
