"""Names of themes for readers. A theme this collector does not know yet is shown by its slug."""

from functools import cache

from lamplighter_keywords.shipped import shipped_themes
from lamplighter_keywords.terms import Theme


@cache
def _themes() -> dict[str, Theme]:
    return shipped_themes()


def theme_name(slug: str) -> str:
    """Return what the themes table calls a slug."""
    theme = _themes().get(slug)
    return slug.replace("-", " ").capitalize() if theme is None else theme.name
