"""The drawings: there, without words but the strip's own, and nothing that runs or loads."""

import re

import pytest
from lamplighter_agent.backends.linux import _strip_paint, _strip_words
from lamplighter_agent.notice import pictures
from lamplighter_agent.notice.style import STYLE
from lamplighter_agent.notice.words import ENGLISH

pytestmark = pytest.mark.notice


def test_each_sentence_has_a_drawing_of_its_own() -> None:
    assert len(set(pictures.FOUR)) == len(ENGLISH.pictures)


@pytest.mark.parametrize("drawing", [*pictures.FOUR, pictures.STRIP])
def test_a_drawing_is_not_read_aloud_and_loads_nothing(drawing: str) -> None:
    assert 'aria-hidden="true"' in drawing
    assert not re.search(r"href|url\(|style=|<script|<image", drawing)


def test_the_strip_looks_and_reads_as_the_real_one() -> None:
    assert (pictures.LINK, pictures.HELP) == (_strip_words.LINK, _strip_words.HELP)
    assert f".strip .dusk{{fill:{_strip_paint.GROUND}}}" in STYLE
    assert f".strip .amber{{fill:{_strip_paint.LAMP}}}" in STYLE
