"""Places and names that lint knows: folded as texts are, and none of them a word of the supplied lists."""

import pytest
from lamplighter_keywords.authoring.ordinary_names import NAMES
from lamplighter_keywords.reading.normalise import fold


def test_each_is_written_as_texts_are_folded() -> None:
    assert [name for name in NAMES if fold(name) != name] == []


@pytest.mark.parametrize(
    "name", ["reading", "hull", "milton keynes", "isle of wight", "butt", "khan", "aisha"]
)
def test_what_a_pupil_lives_in_or_is_called(name: str) -> None:
    assert name in NAMES
