"""The name that somebody gave a volume: what of it can be shown, and whether it plays tricks. Pure.

A desktop makes a folder of it and writes it into windows and terminals. With control characters, line breaks
or characters that turn the direction of writing it would say something else there than it is. Letters of any
script are plain, and so are the marks (U+200E, U+200F) that some of them need.
"""

import re
import unicodedata
from typing import Final

_LONGEST: Final = 64
_ESCAPED: Final = re.compile(rb"\\x([0-9A-Fa-f]{2})")
# Control characters, and what ends a line or a paragraph.
_CATEGORIES: Final = frozenset({"Cc", "Zl", "Zp"})
# Embeddings, overrides and isolates, and what ends one: Unicode's annex 9, 2.1 to 2.5.
_TURNS: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def is_odd(label: str) -> bool:
    """Say whether a label, as it is on the volume, would show as something that it is not."""
    return any(
        unicodedata.category(letter) in _CATEGORIES or unicodedata.bidirectional(letter) in _TURNS
        for letter in label
    )


def printable(label: str) -> str:
    """Return what of a label can be shown, and not more than fits."""
    return "".join(letter for letter in label if letter.isprintable())[:_LONGEST].strip()


def from_udev(encoded: str) -> str:
    r"""Return the label of udev's ID_FS_LABEL_ENC, which writes each byte it would not show as `\x1b`.

    In ID_FS_LABEL stands "_" or nothing instead, so that does not tell them.
    """
    raw = _ESCAPED.sub(
        lambda found: bytes.fromhex(found[1].decode()), encoded.encode(errors="surrogateescape")
    )
    return raw.decode(errors="replace")
