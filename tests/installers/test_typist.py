"""The demo types what it says it types."""

from pathlib import Path

import pytest
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.shipped import load_compiled
from lamplighter_keywords.terms import Source, UserKind

from installers.quickstart.typist import ORDINARY, TELLING, next_sentence


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(load_compiled())


def test_the_ordinary_sentence_is_of_no_concern(matcher: Matcher) -> None:
    assert matcher.match(ORDINARY, source=Source.TYPED, user_kind=UserKind.PUPIL) == []


@pytest.mark.parametrize("sentence", TELLING)
def test_each_telling_sentence_becomes_an_incident(matcher: Matcher, sentence: str) -> None:
    alone = matcher.match(sentence, source=Source.TYPED, user_kind=UserKind.PUPIL)
    typed = f"{ORDINARY} {sentence} "
    matches = matcher.match(typed, source=Source.TYPED, user_kind=UserKind.PUPIL)
    assert [match.severity for match in matches] == [match.severity for match in alone]
    assert max(match.severity for match in matches) >= 3
    assert {match.end for match in matches} == {len(typed) - 1}, "the clock would start too early"


def test_sentences_take_turns(tmp_path: Path) -> None:
    said = [next_sentence(tmp_path / "turn") for _ in range(len(TELLING) + 1)]
    assert set(said) == set(TELLING)
    assert said[0] == said[-1]
