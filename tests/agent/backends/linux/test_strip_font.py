"""The fonts of a real X server: every language of the strip has all its letters in one of them."""

import pytest
from lamplighter_agent.backends.linux._strip_font import font_for
from lamplighter_agent.backends.linux._strip_words import language_for
from lamplighter_agent.notice.languages import known

from installers.quickstart.virtual_desktop.desktop import Desktop

pytestmark = pytest.mark.notice


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("tag", known())
def test_every_language_has_a_font_with_all_its_letters(desktop: Desktop, tag: str, *, large: bool) -> None:
    root = desktop.display.screen().root
    font = font_for(desktop.display, root, tag, large=large)
    assert language_for(tag, font.has).language == tag
    assert font.width("Lamplighter") > 0


def test_an_english_strip_has_the_first_font_there_is(desktop: Desktop) -> None:
    font = font_for(desktop.display, desktop.display.screen().root, "en_GB.UTF-8", large=False)
    assert "bold" in font.name


class Bare:
    """A display of a server that has its built-in fonts only, as one under Wayland may be."""

    def __init__(self, desktop: Desktop) -> None:
        self._display = desktop.display

    def open_font(self, name: str) -> object:
        return self._display.open_font(name) if name == "fixed" else None


@pytest.mark.parametrize("tag", ["pl", "ar"])
def test_a_server_with_its_built_in_font_alone_shows_english(desktop: Desktop, tag: str) -> None:
    font = font_for(Bare(desktop), desktop.display.screen().root, tag, large=False)
    assert (font.name, language_for(tag, font.has).language) == ("fixed", "en")


def test_a_server_without_fonts_still_gives_one_that_draws_nothing(desktop: Desktop) -> None:
    class Empty(Bare):
        def open_font(self, name: str) -> object:
            return self._display.open_font(f"no {name}")

    font = font_for(Empty(desktop), desktop.display.screen().root, "en", large=False)
    assert (font.font, font.width("Lamplighter")) == (None, 0)
