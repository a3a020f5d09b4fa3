"""Names, places, plain words and ordinary chatter: hardly any of it may alert."""

from collections.abc import Callable, Iterable

import pytest
from lamplighter_keywords.terms import Source, UserKind
from wordfreq import top_n_list

from tests.accuracy.names import ordinary, people, places
from tests.keywords.shipped_matcher import shipped_matcher

ALERTS_FROM = 2
MOST_NAMES = 0.0005
WORDS = 40_000
MOST_ORDINARY = 0.003
# Half a minute and more of matching by itself, beside others a multiple of it.
pytestmark = pytest.mark.timeout(400)


def alerting(texts: Iterable[str], source: Source) -> list[str]:
    """Give the texts that somebody would be told about."""
    found = ((text, shipped_matcher().match(text, source=source, user_kind=UserKind.PUPIL)) for text in texts)
    return [text for text, matches in found if any(match.severity >= ALERTS_FROM for match in matches)]


@pytest.mark.parametrize("source", [Source.TYPED, Source.WINDOW_TITLE])
@pytest.mark.parametrize("texts", [people, places])
def test_names_are_silent(texts: Callable[[], list[str]], source: Source) -> None:
    many = texts()
    assert len(many) > 10_000
    alerts = alerting(many, source)
    assert len(alerts) <= MOST_NAMES * len(many), alerts[:50]


def test_words_by_themselves_are_silent() -> None:
    alerts = alerting(top_n_list("en", WORDS), Source.TYPED)
    assert len(alerts) <= MOST_NAMES * WORDS, alerts


def test_ordinary_chatter_is_silent() -> None:
    kinds = ordinary()
    alerts: list[str] = []
    for kind, lines in kinds.items():
        alerts += alerting(lines, Source.WINDOW_TITLE if kind == "videos" else Source.TYPED)
    assert sum(map(len, kinds.values())) > 1_000
    assert len(alerts) <= MOST_ORDINARY * sum(map(len, kinds.values())), alerts
