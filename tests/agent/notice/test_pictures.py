"""The drawings: there, without words but the strip's own, and nothing that runs or loads."""

import re
from html import escape

import pytest
from lamplighter_agent.backends.linux import _strip_paint
from lamplighter_agent.notice import pictures
from lamplighter_agent.notice.languages import known, language_of
from lamplighter_agent.notice.pictures import strip_of
from lamplighter_agent.notice.style import STYLE
from lamplighter_agent.notice.words import ENGLISH

pytestmark = pytest.mark.notice


def test_each_sentence_has_a_drawing_of_its_own() -> None:
    assert len(set(pictures.FOUR)) == len(ENGLISH.pictures)


@pytest.mark.parametrize("drawing", [*pictures.FOUR, *map(strip_of, map(language_of, known()))])
def test_a_drawing_is_not_read_aloud_and_loads_nothing(drawing: str) -> None:
    assert 'aria-hidden="true"' in drawing
    assert not re.search(r"href|url\(|style=|<script|<image", drawing)


@pytest.mark.parametrize("tag", known())
def test_the_strip_reads_as_the_real_one(tag: str) -> None:
    language = language_of(tag)
    drawing = strip_of(language)
    assert f">{escape(language.strip.link)}</text>" in drawing
    assert f">{escape(language.help.title)}</text>" in drawing
    # The button stands at the end of the strip, which is the left one where a language runs from the right.
    assert ('<rect class="amber" x="0"' in drawing) == (language.direction == "rtl")


def test_the_strip_looks_as_the_real_one() -> None:
    assert f".strip .dusk{{fill:{_strip_paint.GROUND}}}" in STYLE
    assert f".strip .amber{{fill:{_strip_paint.LAMP}}}" in STYLE
