"""How the strip looks: colours, font, and its picture in a pixmap on the server.

The picture becomes the window's background, so the server repaints it after every exposure and the helper
is not woken. Only core X fonts are used, since nothing else comes with every server; the last choice,
"fixed", is compiled into all of them.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from Xlib import X

from lamplighter_agent.backends.linux._strip_words import HELP, LINK, Room, words_for

GROUND = "#10283a"
INK = "#ffffff"
LAMP = "#f6b93b"
_FONTS = (
    "-misc-fixed-bold-r-normal--15-140-75-75-c-90-iso10646-1",
    "-misc-fixed-medium-r-normal--15-140-75-75-c-90-iso10646-1",
    "-misc-fixed-medium-r-semicondensed--13-120-75-75-c-60-iso10646-1",
    "9x15bold",
    "fixed",
)
_FONTS_LARGE = ("-misc-fixed-medium-r-normal--20-200-75-75-c-100-iso10646-1", "10x20", *_FONTS)
# From this height on a screen is taken to have small pixels.
_MANY_PIXELS = 1800
_HAND = 60
_MARGIN = 8
_MISSING = "\uffff"


class StripFont:
    """One server font: what it can draw, and how wide that is."""

    def __init__(self, display: Any, root: Any, names: tuple[str, ...]) -> None:
        self._display = display
        self._root = root
        fonts = ((name, display.open_font(name)) for name in names)
        self.name: str
        self.font: Any
        self.name, self.font = next(((name, font) for name, font in fonts if font is not None), ("", None))
        if self.font is None:
            # A server without any font: a strip with its lamp and no words is better than none.
            self.ascent, self.height = 13, 16
            return
        size = self.font.query_text_extents([ord("M")])
        self.ascent, self.height = size.font_ascent, size.font_ascent + size.font_descent
        self._blank = self._picture(_MISSING)

    def has(self, char: str) -> bool:
        if " " <= char <= "~":
            return True
        if self.font is None or ord(char) > (0xFFFF if "iso10646" in self.name else 0xFF):
            return False
        # The server draws a stand-in for a glyph that is missing and does not say so: compare the pictures.
        return self._picture(char) != self._blank

    def width(self, text: str) -> int:
        return int(self.font.query_text_extents(codes(text)).overall_width) if self.font and text else 0

    def _picture(self, char: str) -> bytes:
        width, height = 2 * self.height, self.height
        pixmap = self._root.create_pixmap(width, height, 1)
        context = pixmap.create_gc(font=self.font, foreground=0, background=0)
        pixmap.fill_rectangle(context, 0, 0, width, height)
        context.change(foreground=1)
        pixmap.image_text_16(context, 0, self.ascent, codes(char))
        data = pixmap.get_image(0, 0, width, height, X.XYPixmap, 1).data
        context.free()
        pixmap.free()
        return bytes(data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything of one display that painting needs; made once per connection."""

    organisation: str
    on: bool
    rests_until: str
    root: Any
    depth: int
    font: StripFont
    hand: Any
    height: int
    ground: int
    ink: int
    lamp: int

    @classmethod
    def of(cls, display: Any, screen: Any, organisation: str, *, on: bool, rests_until: str) -> "Look":
        large = screen.height_in_pixels >= _MANY_PIXELS
        font = StripFont(display, screen.root, _FONTS_LARGE if large else _FONTS)
        ground, ink, lamp = (_pixel(screen, colour) for colour in (GROUND, INK, LAMP))
        return cls(
            organisation=organisation,
            on=on,
            rests_until=rests_until,
            root=screen.root,
            depth=screen.root_depth,
            font=font,
            hand=_hand_cursor(display),
            height=max(24, font.height + 9),
            ground=ground,
            ink=ink,
            lamp=lamp,
        )


def paint(look: Look, window: Any, width: int) -> bytes:
    """Draw the strip at this width and make it the window's background; returns its `picture_of`."""
    pixmap = look.root.create_pixmap(width, look.height, look.depth)
    context = pixmap.create_gc(foreground=look.ground, background=look.ground)
    pixmap.fill_rectangle(context, 0, 0, width, look.height)
    context.change(foreground=look.lamp)
    pixmap.fill_rectangle(context, 0, look.height - 2, width, 2)
    left = _draw_lamp(look, pixmap, context)
    if look.font.font is not None:
        _draw_words(look, pixmap, context, left, width)
    window.change_attributes(background_pixmap=pixmap)
    window.clear_area()
    right = picture_of(pixmap, width, look.height)
    # The window keeps the picture alive.
    pixmap.free()
    context.free()
    return right


def help_from(look: Look, width: int) -> int:
    """Where the help button begins, which ends with the strip; `width` where there is no room for it."""
    button = look.font.width(HELP) + 2 * _MARGIN
    room_for_link = 2 * _MARGIN + look.height + look.font.width(LINK)
    return width - button if look.font.font is not None and room_for_link + button <= width else width


def picture_of(drawable: Any, width: int, height: int) -> bytes:
    """A short name for what a window or pixmap shows."""
    data = drawable.get_image(0, 0, width, height, X.ZPixmap, 0xFFFFFF).data
    return hashlib.blake2b(bytes(data), digest_size=16).digest()


def codes(text: str) -> list[int]:
    return [ord(char) for char in text]


def _draw_lamp(look: Look, pixmap: Any, context: Any) -> int:
    """A street lamp's head in the brand's amber; returns where the words begin."""
    size = look.height - 10
    top = 3
    middle = _MARGIN + size // 2
    pixmap.fill_rectangle(context, middle - size // 4, top, size // 2 + 1, 2)
    pixmap.fill_poly(
        context,
        X.Convex,
        X.CoordModeOrigin,
        [
            (_MARGIN, top + 3),
            (_MARGIN + size, top + 3),
            (middle + size // 3, top + size),
            (middle - size // 3, top + size),
        ],
    )
    pixmap.fill_rectangle(context, middle - 1, top + size, 3, 2)
    return 2 * _MARGIN + size


def _draw_words(look: Look, pixmap: Any, context: Any, left: int, width: int) -> None:
    font = look.font
    button = help_from(look, width)
    room = Room(has=font.has, width=font.width, pixels=button - left - _MARGIN)
    words = words_for(look.organisation, room, on=look.on, rests_until=look.rests_until)
    base = (look.height - 2 - font.height) // 2 + font.ascent
    context.change(font=font.font, foreground=look.ink)
    if words.sentence:
        _draw_text(pixmap, context, left, base, words.sentence)
        left += font.width(words.sentence + "  ")
    context.change(foreground=look.lamp)
    _draw_text(pixmap, context, left, base, LINK)
    pixmap.fill_rectangle(context, left, base + 2, font.width(LINK), 1)
    if button < width:
        pixmap.fill_rectangle(context, button, 0, width - button, look.height)
        context.change(foreground=look.ground, background=look.lamp)
        _draw_text(pixmap, context, button + _MARGIN, base, HELP)


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
