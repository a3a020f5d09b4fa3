"""Where things stand on the strip: from the left, or from the right where the language is read so."""

from itertools import pairwise

import pytest
from lamplighter_agent.backends.linux._strip_paint import Look, layout, on_help
from lamplighter_agent.backends.linux._strip_words import Told

from installers.quickstart.virtual_desktop.desktop import Desktop

pytestmark = pytest.mark.notice
NAME = "Larkhill Bridge School"


def look_of(desktop: Desktop, language: str) -> Look:
    told = Told(organisation=NAME, language=language, on=True)
    return Look.of(desktop.display, desktop.display.screen(), told)


@pytest.mark.parametrize("tag", ["en", "uk", "ar", "ur"])
@pytest.mark.parametrize("width", [1920, 1024, 500])
def test_nothing_lies_over_anything_else(desktop: Desktop, tag: str, width: int) -> None:
    placed = layout(look_of(desktop, tag), width)
    spans = [placed.lamp, placed.sentence, placed.link, placed.button]
    inside = sorted((one.left, one.left + one.width) for one in spans if one.width)
    assert inside[0][0] >= 0
    assert inside[-1][1] <= width
    assert all(before[1] <= after[0] for before, after in pairwise(inside))


def test_a_strip_that_is_read_from_the_right_is_the_other_way_round(desktop: Desktop) -> None:
    arabic, english = (layout(look_of(desktop, tag), 1024) for tag in ("ar", "en"))
    assert english.lamp.left < english.sentence.left < english.link.left < english.button.left
    assert arabic.lamp.left > arabic.sentence.left > arabic.link.left > arabic.button.left == 0


def test_the_help_button_is_pressed_where_it_is_drawn(desktop: Desktop) -> None:
    arabic, english = look_of(desktop, "ar"), look_of(desktop, "en")
    assert [on_help(arabic, 1024, x) for x in (0, 5, 1000)] == [True, True, False]
    assert [on_help(english, 1024, x) for x in (0, 5, 1000)] == [False, False, True]


def test_a_strip_without_room_for_the_button_keeps_the_link(desktop: Desktop) -> None:
    placed = layout(look_of(desktop, "en"), 200)
    assert placed.button.width == 0
    assert placed.link.width > 0
    assert not on_help(look_of(desktop, "en"), 200, 199)
