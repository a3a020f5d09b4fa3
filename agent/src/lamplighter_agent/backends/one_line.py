"""Words from elsewhere, such as a school's name, made fit to stand on a strip or an icon. Pure."""

import unicodedata

# More is cut before anything else, so that a name of megabytes costs nothing.
_LONGEST = 300
_CONTROL = {"Cc", "Cf", "Cs", "Co", "Cn"}


def one_line(words: str) -> str:
    """Return them on one line: no control, format or private characters, single spaces."""
    composed = unicodedata.normalize("NFC", words[:_LONGEST])
    kept = (
        " " if char.isspace() else char
        for char in composed
        if char.isspace() or unicodedata.category(char) not in _CONTROL
    )
    return " ".join("".join(kept).split())
