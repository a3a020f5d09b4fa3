"""What a window's title is made of: the page, the site or application it is shown in, what was searched for.

"(3) how to draw a cat - Google Search - Personal - Microsoft Edge" is a search for "how to draw a cat";
"Hamlet - Wikipedia - Mozilla Firefox" is the page "Hamlet" of a work of reference. Sites are those of
knowledge/sites.toml. A name that begins with a star there is the end of many names. Pure; it never raises,
whatever the title.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lamplighter_keywords.knowledge import SiteKind
from lamplighter_keywords.reading.normalise import fold

# "(3) ", "[12] ", "* ", "● ": how much is unread or unsaved.
_COUNT = re.compile(r"^\s*(?:[(\[]\d{1,4}\+?[)\]]|[*\u2022\u25cf])\s*")
_BREAK = re.compile(r"\s+(?:[-\u2010-\u2015\u2212|\u00b7\u2022\u2016\u00bb\u203a~]+|::)\s+")
# "words at DuckDuckGo", "words \u2013 Search results", "Amazon.co.uk : words".
_AT = re.compile(r"^(?P<query>.+?)\s+at\s+(?P<site>[^\s]+(?:\s[^\s]+)?)$", re.IGNORECASE)
_COLON = re.compile(r"^(?P<site>[^:]{2,40}?)\s?:\s+(?P<page>.+)$")
# What a browser puts beside its own name.
_PROFILE = re.compile(
    r"personal|work|school|default|guest|incognito|inprivate|private browsing|"
    r"(?:profile|person|user) \d{1,2}|(?:and \d{1,3} more (?:pages?|tabs?))"
)
_MORE_PAGES = re.compile(r"\s+and \d{1,3} more (?:pages?|tabs?)\s*$", re.IGNORECASE)
# Longer titles are none of a person's making.
_LONGEST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleParts:
    """The parts of a title as they are written; empty where there is none."""

    page: str = field(repr=False)
    site: str
    kind: SiteKind | None
    # The words that were searched for; the page, where the site is a search engine.
    query: str = field(repr=False)


class Titles:
    """Knows the sites. Not changed after it is made, so that any number of threads may ask."""

    def __init__(self, sites: Mapping[str, SiteKind]) -> None:
        self._kinds = {fold(name): kind for name, kind in sites.items() if not name.startswith("*")}
        self._endings = tuple(
            (f" {fold(name)}", kind) for name, kind in sites.items() if name.startswith("*")
        )

    def parts(self, title: str) -> TitleParts:
        """Split a title."""
        pieces = [piece for piece in _BREAK.split(_COUNT.sub("", title[:_LONGEST])) if piece.strip()]
        self._drop_browser(pieces)
        for nth in range(len(pieces) - 1, 0, -1):
            kind = self._kind(pieces[nth], whole=False)
            if kind:
                return _parts(" - ".join(pieces[:nth]), pieces[nth], kind)
        page = " - ".join(pieces)
        return self._within(page, pieces[0]) if pieces else _parts(page, "", None)

    def _within(self, page: str, first: str) -> TitleParts:
        """Look for a site where none stands at the end."""
        kind = self._kind(first, whole=True)
        if kind:
            rest = page[len(first) :].lstrip(" -")
            return _parts(rest, first, kind)
        asked = _AT.match(page)
        kind = self._kind(asked["site"], whole=True) if asked else None
        if asked and kind is SiteKind.SEARCH:
            return _parts(asked["query"], asked["site"], kind)
        named = _COLON.match(page)
        kind = self._kind(named["site"], whole=True) if named else None
        if named and kind:
            return _parts(named["page"], named["site"], kind)
        return _parts(page, "", None)

    def _drop_browser(self, pieces: list[str]) -> None:
        """Take the browser off the end, and what it says about itself."""
        dropped = False
        while len(pieces) > 1:
            last = fold(pieces[-1])
            if self._kinds.get(last) is SiteKind.BROWSER or (dropped and _PROFILE.fullmatch(last)):
                pieces.pop()
                dropped = True
            else:
                break
        if dropped:
            pieces[-1] = _MORE_PAGES.sub("", pieces[-1])

    def _kind(self, piece: str, *, whole: bool) -> SiteKind | None:
        """Say what kind of site a piece names; `whole` asks for its full name."""
        folded = fold(piece)
        kind = self._kinds.get(folded)
        if kind or whole:
            return kind if kind is not SiteKind.BROWSER else None
        return next((kind for ending, kind in self._endings if folded.endswith(ending)), None)


def _parts(page: str, site: str, kind: SiteKind | None) -> TitleParts:
    return TitleParts(page=page, site=site, kind=kind, query=page if kind is SiteKind.SEARCH else "")
