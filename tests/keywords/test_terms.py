"""Themes of a pack."""

import pytest
from lamplighter_keywords.errors import ThemeUnknown

from tests.keywords.lists import pack_of


def test_a_theme_is_found_by_its_slug() -> None:
    assert pack_of().theme("core-theme").slug == "core-theme"


def test_an_unknown_theme_is_an_error_and_never_core() -> None:
    with pytest.raises(ThemeUnknown, match="'moon'"):
        pack_of().theme("moon")
    assert not pack_of().is_core("moon")
