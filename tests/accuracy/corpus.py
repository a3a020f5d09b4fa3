"""Reading the corpus; every column is checked, so that a slip of a label is an error and not a score."""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lamplighter_keywords.shipped import shipped_themes
from lamplighter_keywords.terms import Source, UserKind

FOLDER = Path(__file__).parent
OPEN = FOLDER / "open"
SEALED = FOLDER / "sealed"
EVASIONS = frozenset(
    {
        "leet",
        "repeat",
        "spaced",
        "joined",
        "censored",
        "emoji",
        "lookalike",
        "typo",
        "chat",
        "deleted",
    }
)
SILENT = frozenset({"ordinary", "near"})
KINDS = EVASIONS | SILENT | {"plain"}
ALERT = 2
_COLUMNS = 7
_ESCAPES = (("\\b", "\b"), ("\\t", "\t"))


class CorpusMalformed(Exception):
    """A line of the corpus is not what its columns say. The message names file and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One labelled text."""

    text: str = field(repr=False)
    source: Source
    user_kind: UserKind
    themes: frozenset[str]
    severity: int
    language: str
    kind: str

    @property
    def is_alert(self) -> bool:
        return self.severity >= ALERT


def read_open() -> list[Item]:
    """Read what everybody may look at."""
    return [item for file in sorted(OPEN.glob("*.tsv")) for item in parse(file.read_text("utf-8"), file.name)]


def read_sealed() -> list[Item]:
    """Read the third that nobody looks at; for scoring only."""
    return [
        item
        for file in sorted(SEALED.glob("*.tsv.z"))
        for item in parse(zlib.decompress(file.read_bytes()).decode(), file.name)
    ]


def parse(text: str, shown: str) -> Iterator[Item]:
    """Read lines; raise `CorpusMalformed` for the first that is wrong. Blank and `#` lines say nothing."""
    themes = shipped_themes()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            yield _item(line, themes.keys())
        except ValueError as error:
            raise CorpusMalformed(f"{shown}:{number}: {error}") from error


def _item(line: str, slugs: Iterable[str]) -> Item:
    cells = line.split("\t")
    if len(cells) != _COLUMNS:
        raise ValueError(f"{len(cells)} columns, not {_COLUMNS}")
    text, source, user_kind, themes, severity, language, kind = (cell.strip() for cell in cells)
    for written, meant in _ESCAPES:
        text = text.replace(written, meant)
    named = frozenset() if themes == "-" else frozenset(themes.split(","))
    if unknown := named - set(slugs):
        raise ValueError(f"no theme is called {min(unknown)}")
    if kind not in KINDS:
        raise ValueError(f"no kind is called {kind}")
    grave = int(severity)
    if not 0 <= grave <= 5:
        raise ValueError("severity is 0 to 5")
    if (grave >= ALERT) != bool(named) or (kind in SILENT) == (grave >= ALERT):
        raise ValueError("themes, severity and kind do not agree on whether this is an alert")
    return Item(
        text=text,
        source=Source(source),
        user_kind=UserKind(user_kind),
        themes=named,
        severity=grave,
        language=language,
        kind=kind,
    )


def is_sealed(line: str) -> bool:
    """Say where a line belongs: a third of all, by the digest of its text."""
    text = line.split("\t", 1)[0].strip()
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % 3 == 0
