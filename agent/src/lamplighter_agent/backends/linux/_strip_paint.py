"""How the strip looks: colours, font, and its picture in a pixmap on the server.

The picture becomes the window's background, so the server repaints it after every exposure and the helper
is not woken. Where a language is read from the right everything is the other way round.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from Xlib import X

from lamplighter_agent.backends.linux._strip_font import StripFont, codes, font_for
from lamplighter_agent.backends.linux._strip_words import Room, StripWords, Told, words_for

GROUND = "#10283a"
INK = "#ffffff"
LAMP = "#f6b93b"
# From this height on a screen is taken to have small pixels.
_MANY_PIXELS = 1800
_HAND = 60
_MARGIN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything of one display that painting needs; made once per connection."""

    told: Told
    root: Any
    depth: int
    font: StripFont
    hand: Any
    height: int
    ground: int
    ink: int
    lamp: int

    @classmethod
    def of(cls, display: Any, screen: Any, told: Told) -> "Look":
        large = screen.height_in_pixels >= _MANY_PIXELS
        font = font_for(display, screen.root, told.language, large=large)
        ground, ink, lamp = (_pixel(screen, colour) for colour in (GROUND, INK, LAMP))
        return cls(
            told=told,
            root=screen.root,
            depth=screen.root_depth,
            font=font,
            hand=_hand_cursor(display),
            height=max(24, font.height + 9),
            ground=ground,
            ink=ink,
            lamp=lamp,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of the strip, from `left`, in pixels; nothing where `width` is 0."""

    left: int
    width: int

    def holds(self, x: int) -> bool:
        return self.left <= x < self.left + self.width


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What stands where at one width."""

    words: StripWords
    lamp: Span
    sentence: Span
    link: Span
    button: Span


def layout(look: Look, width: int) -> Layout:
    """Place lamp, sentence and link from one end, the help button at the other where there is room for it."""
    size, gap = look.height - 10, look.font.width("  ")
    begin = 2 * _MARGIN + size
    words = _words(look, width - begin - _MARGIN)
    sentence, link = look.font.width(words.sentence), look.font.width(words.link)
    button = look.font.width(words.help) + 2 * _MARGIN
    has_button = look.font.font is not None and 2 * _MARGIN + look.height + link + button <= width
    if has_button:
        words = _words(look, width - button - begin - _MARGIN)
        sentence = look.font.width(words.sentence)
    at_link = begin + sentence + gap * bool(sentence)

    def span(left: int, wide: int) -> Span:
        return Span(left=width - left - wide if words.right else left, width=wide)

    return Layout(
        words=words,
        lamp=span(_MARGIN, size),
        sentence=span(begin, sentence),
        link=span(at_link, link),
        button=span(width - button, button) if has_button else Span(left=width, width=0),
    )


def paint(look: Look, window: Any, width: int) -> bytes:
    """Draw the strip at this width and make it the window's background; returns its `picture_of`."""
    pixmap = look.root.create_pixmap(width, look.height, look.depth)
    context = pixmap.create_gc(foreground=look.ground, background=look.ground)
    pixmap.fill_rectangle(context, 0, 0, width, look.height)
    context.change(foreground=look.lamp)
    pixmap.fill_rectangle(context, 0, look.height - 2, width, 2)
    placed = layout(look, width)
    _draw_lamp(pixmap, context, placed.lamp)
    if look.font.font is not None:
        _draw_words(look, pixmap, context, placed)
    window.change_attributes(background_pixmap=pixmap)
    window.clear_area()
    right = picture_of(pixmap, width, look.height)
    # The window keeps the picture alive.
    pixmap.free()
    context.free()
    return right


def on_help(look: Look, width: int, x: int) -> bool:
    """Tell whether a press there is one on the help button."""
    return layout(look, width).button.holds(x)


def picture_of(drawable: Any, width: int, height: int) -> bytes:
    """A short name for what a window or pixmap shows."""
    data = drawable.get_image(0, 0, width, height, X.ZPixmap, 0xFFFFFF).data
    return hashlib.blake2b(bytes(data), digest_size=16).digest()


def _words(look: Look, pixels: int) -> StripWords:
    return words_for(look.told, Room(has=look.font.has, width=look.font.width, pixels=pixels))


def _draw_lamp(pixmap: Any, context: Any, place: Span) -> None:
    """A street lamp's head in the brand's amber."""
    size, left, top = place.width, place.left, 3
    middle = left + size // 2
    pixmap.fill_rectangle(context, middle - size // 4, top, size // 2 + 1, 2)
    pixmap.fill_poly(
        context,
        X.Convex,
        X.CoordModeOrigin,
        [
            (left, top + 3),
            (left + size, top + 3),
            (middle + size // 3, top + size),
            (middle - size // 3, top + size),
        ],
    )
    pixmap.fill_rectangle(context, middle - 1, top + size, 3, 2)


def _draw_words(look: Look, pixmap: Any, context: Any, placed: Layout) -> None:
    font, words, link, button = look.font, placed.words, placed.link, placed.button
    base = (look.height - 2 - font.height) // 2 + font.ascent
    context.change(font=font.font, foreground=look.ink)
    if words.sentence:
        _draw_text(pixmap, context, placed.sentence.left, base, words.sentence)
    context.change(foreground=look.lamp)
    _draw_text(pixmap, context, link.left, base, words.link)
    pixmap.fill_rectangle(context, link.left, base + 2, link.width, 1)
    if button.width:
        pixmap.fill_rectangle(context, button.left, 0, button.width, look.height)
        context.change(foreground=look.ground, background=look.lamp)
        _draw_text(pixmap, context, button.left + _MARGIN, base, words.help)


def _draw_text(pixmap: Any, context: Any, left: int, base: int, text: str) -> None:
    # One request takes 255 characters at most.
    pixmap.image_text_16(context, left, base, codes(text[:255]))


def _pixel(screen: Any, colour: str) -> int:
    red, green, blue = (int(colour[at : at + 2], 16) * 257 for at in (1, 3, 5))
    return int(screen.default_colormap.alloc_color(red, green, blue).pixel)


def _hand_cursor(display: Any) -> Any:
    font = display.open_font("cursor")
    black, white = (0, 0, 0), (65535, 65535, 65535)
    return font.create_glyph_cursor(font, _HAND, _HAND + 1, black, white) if font is not None else X.NONE
