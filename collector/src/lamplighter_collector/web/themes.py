"""What a reader is told about a theme. One that this collector does not know yet is shown by its slug."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from lamplighter_keywords.shipped import shipped_themes
from lamplighter_keywords.terms import Theme

HELP_SEEKING: Final = "help-seeking"


def theme_name(slug: str) -> str:
    theme = _themes().get(slug)
    return theme.name if theme else slug.replace("-", " ").capitalize()


def first_steps(slug: str) -> tuple[str, ...]:
    theme = _themes().get(slug)
    return theme.first_steps if theme else ()


@lru_cache(maxsize=1)
def _themes() -> Mapping[str, Theme]:
    return shipped_themes()
