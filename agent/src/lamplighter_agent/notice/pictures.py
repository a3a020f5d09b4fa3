"""The page's pictures, drawn for it as inline SVG. Each stands beside words that say the same.

They hold no words, but for the strip's end, which says what the real one says, in the page's language.
"""

from lamplighter_agent.notice.languages import Language
from lamplighter_agent.notice.markup import escape

# A letter of the strip's own type at the size in which it is drawn here, and the edge around words. Pixels.
_LETTER, _EDGE = 9, 16
_BOOK = "M48 62c-9-6-20-7-30-5v24c10-2 21-1 30 5 9-6 20-7 30-5V57c-10-2-21-1-30 5z"
_LINES = "M25 65c6-1 11 0 16 3M25 73c6-1 11 0 16 3M71 65c-6-1-11 0-16 3M71 73c-6-1-11 0-16 3"
_PALM = "M24 80V56c6-4 13-5 20-2l14 5c5 2 4 8-1 8H45h14l17-9c5-3 10 3 6 7L64 79c-3 3-7 4-11 4H24z"


def _drawing(parts: str) -> str:
    return (
        '<svg class="picture" viewBox="0 0 96 96" width="96" height="96" aria-hidden="true" '
        f'focusable="false"><rect class="ground" width="96" height="96" rx="14"/>{parts}</svg>'
    )


READING = _drawing(
    '<circle class="glow" cx="48" cy="26" r="13"/><circle class="line" cx="48" cy="26" r="13"/>'
    '<path class="line" d="M20 62c2-13 12-20 28-20s26 7 28 20"/>'
    f'<path class="paper" d="{_BOOK}"/><path class="line" d="{_BOOK}M48 62v24"/>'
    f'<path class="thin" d="{_LINES}"/>'
)
EYE = _drawing(
    '<path class="paper" d="M10 42c10-16 23-24 38-24s28 8 38 24C76 58 63 66 48 66S20 58 10 42z"/>'
    '<path class="line" d="M10 42c10-16 23-24 38-24s28 8 38 24C76 58 63 66 48 66S20 58 10 42z"/>'
    '<circle class="glow" cx="48" cy="42" r="14"/><circle class="line" cx="48" cy="42" r="14"/>'
    '<circle class="full" cx="48" cy="42" r="6"/>'
    '<path class="line" d="M16 80h64"/><path class="thin" d="M22 73h10M38 73h18M62 73h12"/>'
)
LOCK = _drawing(
    '<path class="line" d="M32 44V32a16 16 0 0 1 32 0v12"/>'
    '<rect class="glow" x="22" y="44" width="52" height="38" rx="6"/>'
    '<rect class="line" x="22" y="44" width="52" height="38" rx="6"/>'
    '<circle class="full" cx="36" cy="63" r="4"/><circle class="full" cx="48" cy="63" r="4"/>'
    '<circle class="full" cx="60" cy="63" r="4"/>'
)
HAND = _drawing(
    '<path class="glow" d="M56 40c-12-8-18-14-18-21a9 9 0 0 1 18-3 9 9 0 0 1 18 3c0 7-6 13-18 21z"/>'
    '<path class="line" d="M56 40c-12-8-18-14-18-21a9 9 0 0 1 18-3 9 9 0 0 1 18 3c0 7-6 13-18 21z"/>'
    f'<path class="paper" d="{_PALM}"/><path class="line" d="{_PALM}"/>'
    '<rect class="paper" x="10" y="52" width="14" height="34" rx="3"/>'
    '<rect class="line" x="10" y="52" width="14" height="34" rx="3"/>'
)
# In the order of the four sentences.
FOUR = (READING, EYE, LOCK, HAND)


def strip_of(language: Language) -> str:
    """Return the end of the strip: the link and the button, in some languages at the left."""
    link, button = language.strip.link, language.help.title
    link_width, button_width = (len(text) * _LETTER + 2 * _EDGE for text in (link, button))
    width = link_width + button_width
    right = language.direction == "rtl"
    at_link, at_button = (width - link_width, 0) if right else (0, link_width)
    middle = at_link + link_width // 2
    return (
        f'<svg class="strip" viewBox="0 0 {width} 44" width="{width}" height="44" direction="ltr" '
        f'aria-hidden="true" focusable="false"><rect class="dusk" width="{width}" height="44"/>'
        f'<rect class="amber" y="40" width="{width}" height="4"/>'
        f'<text class="link" x="{middle}" y="27">{escape(link)}</text>'
        f'<rect class="amber" x="{at_button}" width="{button_width}" height="44"/>'
        f'<text class="button" x="{at_button + button_width // 2}" y="28">{escape(button)}</text></svg>'
    )
