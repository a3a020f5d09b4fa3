"""The server's own fonts, which alone come with every server, and what each of them can draw.

The last choice, "fixed", is compiled into all servers. The first font that has all letters of the session's
language is taken.
"""

from typing import Any

from Xlib import X

from lamplighter_agent.backends.linux._strip_words import language_for
from lamplighter_agent.notice.languages import language_of

_FONTS = (
    "-misc-fixed-bold-r-normal--15-140-75-75-c-90-iso10646-1",
    "-misc-fixed-medium-r-normal--15-140-75-75-c-90-iso10646-1",
    "-misc-fixed-medium-r-semicondensed--13-120-75-75-c-60-iso10646-1",
    "9x15bold",
    "fixed",
)
_FONTS_LARGE = ("-misc-fixed-medium-r-normal--20-200-75-75-c-100-iso10646-1", "10x20", *_FONTS)
_MISSING = "\uffff"


class StripFont:
    """One server font: what it can draw, and how wide that is."""

    def __init__(self, root: Any, name: str, font: Any) -> None:
        self._root = root
        self.name = name
        self.font = font
        self._known: dict[str, bool] = {}
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
        if char not in self._known:
            # The server draws a stand-in for a missing glyph and does not say so: compare the pictures.
            self._known[char] = self._picture(char) != self._blank
        return self._known[char]

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


def font_for(display: Any, root: Any, language: str, *, large: bool) -> StripFont:
    """Return the first font that has the language's letters, else the first there is, which has English."""
    wanted = language_of(language)
    # The smaller fonts have not all of the joined letters, and what they have is hard to read.
    names = _FONTS_LARGE if large or wanted.direction == "rtl" else _FONTS
    first = None
    for name in names:
        font = display.open_font(name)
        if font is not None:
            made = StripFont(root, name, font)
            if language_for(language, made.has) is wanted:
                return made
            first = first or made
    # A server without any font shows the lamp.
    return first or StripFont(root, "", None)


def codes(text: str) -> list[int]:
    return [ord(char) for char in text]
