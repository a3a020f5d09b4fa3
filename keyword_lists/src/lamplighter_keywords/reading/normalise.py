"""The fold: one plain spelling for a text and for the lists, so that the two can be compared byte by byte.

Casefold, NFKD, no accents, no invisible characters, ligatures and styled letters as ordinary ones;
everything that is neither letter nor digit parts words; an apostrophe is dropped ("don't" is "dont"). Marks
of the Indic scripts are letters' other halves and stay. Folding is done per code point, so that each folded
character knows the raw one it came from. It never raises, whatever the text.
"""

import re
import unicodedata
from functools import lru_cache

# Crossed and dotless letters that Unicode does not decompose.
PLAIN = {
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "\u0131": "i",
    "ħ": "h",
    "ŧ": "t",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    # One letter each, whichever keyboard it was typed on: ya, ta marbuta, kaf and ha of Arabic and Urdu.
    "\u0649": "\u064a",
    "\u06cc": "\u064a",
    "\u0629": "\u0647",
    "\u06c3": "\u0647",
    "\u06c1": "\u0647",
    "\u06be": "\u0647",
    "\u06a9": "\u0643",
}
# ASCII, grave, acute, curly, modifier letters, prime and fullwidth.
APOSTROPHES = "'`\u00b4\u2018\u2019\u02bc\u02b9\u02bb\u2032\uff07"
# Letters and symbols that are seen as nothing: tatweel and the Hangul fillers.
INVISIBLE = "\u0640\u115f\u1160\u3164\uffa0"
# "word™" is the word.
SIGNS = "™℠"
# Combining marks of the Latin, Greek, Cyrillic, Hebrew and Arabic scripts, and variation selectors.
STRIPPED_MARKS = (
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x0898, 0x08FF),
    (0x180B, 0x180F),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0x2DE0, 0x2DFF),
    (0xA66F, 0xA67D),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
    (0x101FD, 0x101FD),
    (0xE0100, 0xE01EF),
)
# A text in many scripts fills at most this many entries; further code points are folded without being
# remembered.
REMEMBERED = 4096


def _folded_piece(piece: str) -> str:
    """Fold one character of a decomposed, casefolded code point."""
    if piece in PLAIN:
        return PLAIN[piece]
    category = unicodedata.category(piece)
    if category in {"Mn", "Me"} and any(low <= ord(piece) <= high for low, high in STRIPPED_MARKS):
        return ""
    if category == "Cf" or piece in INVISIBLE or piece in APOSTROPHES:
        return ""
    # Marks that are not stripped belong to the letter before them.
    return piece if piece.isalnum() or category[0] == "M" else " "


def fold_character(character: str) -> str:
    """Give the folded form of one code point: nothing, one or more letters, or a space."""
    if character in APOSTROPHES:
        # Some of them decompose to a blank and a mark.
        return ""
    if character in SIGNS:
        return " "
    plain = unicodedata.normalize("NFKD", character).casefold()
    plain = unicodedata.normalize("NFKD", plain).casefold()
    return "".join(map(_folded_piece, plain))


class _Fold(dict[int, str]):
    """A table for `str.translate` that learns a code point when it first meets it.

    Look-alike letters of other scripts belong here, and nowhere else.
    """

    def __missing__(self, code: int) -> str:
        folded = fold_character(chr(code))
        if len(self) < REMEMBERED:
            self[code] = folded
        return folded


_FOLD = _Fold()
_ASCII = bytes(ord(fold_character(chr(code)) or "'") if code < 0x80 else 0x20 for code in range(256))
_ASCII_DROPPED = bytes(code for code in range(0x80) if not fold_character(chr(code)))
# The same, where other bytes are of letters that were folded before.
_ASCII_OF_UTF8 = _ASCII[:0x80] + bytes(range(0x80, 0x100))
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_SELDOM = 4
# A word as the two tables above make it: dropped characters count while letters or digits follow.
_ASCII_WORD = re.compile(rf"[0-9A-Za-z](?:[{re.escape(_ASCII_DROPPED.decode())}]*[0-9A-Za-z])*")


class _Aligned(dict[int, str]):
    """The same with one ASCII character for each: what counts is where words begin and end."""

    def __missing__(self, code: int) -> str:
        folded = _FOLD[code]
        if not folded:
            aligned = "'"
        elif folded.isspace():
            aligned = " "
        else:
            aligned = _SEVERAL_WORDS if " " in folded else "x"
        if len(self) < REMEMBERED:
            self[code] = aligned
        return aligned


_ALIGNED = _Aligned()
_SEVERAL_WORDS = "\0"
# Only single classes are possessive: Debian 12's Python forgets where it was when a possessive group fails.
_WORD_AND_QUOTES = re.compile("[^ ]++")
# Words are counted by a pattern of that many; further behind, all of them are looked for.
_MOST_COUNTED = 500


def fold_bytes(text: str) -> bytes:
    """Give the folded words as UTF-8, parted by single spaces, without a space at either end."""
    if text.isascii():
        folded = text.encode("ascii").translate(_ASCII, _ASCII_DROPPED)
    elif len(text.encode("utf-8", "replace")) - len(text) <= len(text) >> _SELDOM:
        # A few letters in a text of another alphabet: only they need the slow table.
        few = _NOT_ASCII.sub(lambda run: run[0].translate(_FOLD), text)
        folded = few.encode().translate(_ASCII_OF_UTF8, _ASCII_DROPPED)
    else:
        folded = text.translate(_FOLD).encode()
    # Faster than splitting and joining, since blanks seldom stand together.
    while b"  " in folded:
        folded = folded.replace(b"  ", b" ")
    return folded.strip(b" ")


def fold(text: str) -> str:
    """Give the folded words, parted by single spaces. Folding twice changes nothing."""
    return fold_bytes(text).decode()


def word_place(text: str, first: int, last: int) -> tuple[int, int]:
    """Give where the folded words `first` to `last` begin and end in the raw text, in code points."""
    plain = text if text.isascii() else _NOT_ASCII.sub(lambda run: run[0].translate(_ALIGNED), text)
    if last > _MOST_COUNTED or _SEVERAL_WORDS in plain:
        spans = word_spans(text)
        return spans[first][0], spans[last][1]
    aligned = plain.encode("ascii").translate(_ASCII).decode("ascii")
    if "'" in aligned:
        return _among_apostrophes(aligned, first, last)
    begin = _after(aligned, first)
    ending = begin if first == last else begin + _after(aligned[begin:], last - first)
    end = aligned.find(" ", ending)
    return begin, end if end >= 0 else len(aligned)


def _after(aligned: str, count: int) -> int:
    """Give where the word begins that comes after so many others."""
    return len(aligned) - len(aligned.split(None, count)[count])


def _among_apostrophes(aligned: str, first: int, last: int) -> tuple[int, int]:
    before = _words_before(first).match(aligned)
    begin = before.end() if before else 0
    between = _words_before(last - first).match(aligned, begin)
    ending = between.end() if between else begin
    word = _WORD_AND_QUOTES.match(aligned, ending)
    return begin, ending + len(word[0].rstrip("'")) if word else begin


@lru_cache(maxsize=512)
def _words_before(count: int) -> re.Pattern[str]:
    return re.compile(rf"(?:[ ']*+[^ ]++){{{count}}}[ ']*+")


def word_spans(text: str) -> list[tuple[int, int]]:
    """Give, for each folded word, where it stands in the raw text: start and end in code points.

    Costs far more than `fold_bytes`; it is asked only about texts in which something was found.
    """
    if not text.isascii():
        return _any_word_spans(text)
    if any(chr(dropped) in text for dropped in _ASCII_DROPPED):
        return [word.span() for word in _ASCII_WORD.finditer(text)]
    spans: list[tuple[int, int]] = []
    start = 0
    for word in text.encode("ascii").translate(_ASCII).split(b" "):
        end = start + len(word)
        if word:
            spans.append((start, end))
        start = end + 1
    return spans


def _any_word_spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = end = -1
    for index, character in enumerate(text):
        for piece in _FOLD[ord(character)]:
            if piece != " ":
                start = index if start < 0 else start
                end = index + 1
            elif start >= 0:
                spans.append((start, end))
                start = -1
    if start >= 0:
        spans.append((start, end))
    return spans
