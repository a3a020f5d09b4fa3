"""The colours can be told apart: WCAG's contrast, computed for both modes."""

import pytest
from lamplighter_agent.backends.linux import _strip_paint as strip
from lamplighter_agent.notice.style import DARK, LIGHT, STYLE

pytestmark = pytest.mark.notice

# Text needs 4.5, large or drawn parts 3.
TEXT = (
    ("ink", "paper"),
    ("ink", "page"),
    ("ink-2", "paper"),
    ("ink-2", "page"),
    ("on-dusk", "dusk"),
    ("on-dusk-2", "dusk"),
    ("dusk", "lamp"),
)
DRAWN = (("rule", "paper"), ("rule", "page"), ("mark", "paper"), ("lamp", "dusk"))


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_drawn_parts_have_contrast(mode: dict[str, str]) -> None:
    measured = {pair: contrast(mode[pair[0]], mode[pair[1]]) for pair in (*TEXT, *DRAWN)}
    assert {pair: measured[pair] for pair in TEXT if measured[pair] < 4.5} == {}
    assert {pair: measured[pair] for pair in DRAWN if measured[pair] < 3} == {}


def test_the_strip_has_contrast() -> None:
    assert contrast(strip.INK, strip.GROUND) >= 7
    assert contrast(strip.LAMP, strip.GROUND) >= 4.5


def test_it_is_large_and_made_for_dark_print_and_forced_colours() -> None:
    for part in ("font-size:118.75%", "prefers-color-scheme:dark", "@media print", "forced-colors:active"):
        assert part in STYLE
