"""What a keyword list is, once it has been read: lists, terms and themes, all of them frozen.

Every field of the format is here, also those that only a later lane or the review screens use, so that a list
never loses anything by being loaded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from lamplighter_keywords.errors import ThemeUnknown
from lamplighter_keywords.knowledge import EMPTY_KNOWLEDGE, Knowledge
from lamplighter_keywords.texts import Texts


class Source(Enum):
    """How a text came to be seen."""

    TYPED = "typed"
    PASTED = "pasted"
    WINDOW_TITLE = "window_title"


class UserKind(Enum):
    """Whose session it was."""

    PUPIL = "pupil"
    STAFF = "staff"


class Scope(Enum):
    """Where a term may be found: `sources` of a term. Pasted text is typed, too; a search is a title."""

    TYPED = "typed"
    PASTED = "pasted"
    TITLE = "title"
    SEARCH = "search"


class Mode(Enum):
    """How the texts of a term are compared."""

    WORD = "word"
    PHRASE = "phrase"
    STEM = "stem"
    REGEX = "regex"
    ALL_OF = "all_of"


class Confidence(Enum):
    """How sure the editors are that a match of this term is what it seems."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class RiskArea(Enum):
    """The four areas of online risk."""

    CONTENT = "content"
    CONTACT = "contact"
    CONDUCT = "conduct"
    COMMERCE = "commerce"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """Which disguises of a term are looked through; `typo` is the number of slips allowed."""

    leet: bool = True
    repeat: bool = True
    spaced: bool = True
    joined: bool = True
    typo: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Requires:
    """At least one of `any_of` stands within `within` words; for all_of terms only `within` is needed."""

    any_of: tuple[str, ...] = ()
    within: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowers:
    """Where one of the contexts is present, the severity is at most `to`."""

    contexts: tuple[str, ...]
    to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Raises:
    """Where one of the contexts is present, the severity rises by `by`."""

    contexts: tuple[str, ...]
    by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Sentences that must match and sentences that must not; asked for by lint."""

    hit: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()


ALL_SCOPES = frozenset(Scope)
ALL_USER_KINDS = frozenset(UserKind)
KEY_STAGES = frozenset({"KS1", "KS2", "KS3", "KS4", "KS5"})
ALL_LANES = Lanes()
NO_EXAMPLES = Examples()
# What `Requires.within` may be at most, in a list's file and in a bundle.
MOST_WORDS_BETWEEN = 40
# Between the runs of `ListedWords`; no folded word holds it.
RUN_END = ","
Anchors = tuple[Sequence[int], ...]
"""Groups of numbers of the runs of `ListedWords`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One entry of a list: one or more spellings that mean the same concern."""

    id: str
    text: tuple[str, ...] | Texts
    match: Mode
    severity: int
    # A single word that says enough by itself to count for more than 3.
    standalone: bool = False
    sources: frozenset[Scope] = ALL_SCOPES
    lanes: Lanes = ALL_LANES
    exceptions: tuple[str, ...] | Texts = ()
    requires: Requires | None = None
    lowers: Lowers | None = None
    raises: Raises | None = None
    key_stages: frozenset[str] = KEY_STAGES
    user_kinds: frozenset[UserKind] = ALL_USER_KINDS
    confidence: Confidence | None = None
    review: str = ""
    note: str = ""
    tests: Examples = NO_EXAMPLES
    line: int = 0
    # What `anchors` chose for the texts. Empty: none are chosen yet.
    anchors: Anchors = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of a list's change log."""

    version: str
    date: date
    by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordList:
    """One file: the terms of one theme in one language."""

    id: str
    theme: str
    language: str
    terms: tuple[Term, ...]
    file: str
    line: int = 1
    schema: int = 1
    risk_area: RiskArea | None = None
    version: str = "0"
    licence: str = ""
    provenance: str = ""
    reviewed: date | None = None
    # Somebody who speaks the language has read it.
    speaker_reviewed: bool = False
    changelog: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A kind of concern. A core theme can't be switched off by a school."""

    slug: str
    code: str
    name: str
    risk_area: RiskArea | None
    definition: str
    base_severity: int
    core: bool
    route: str
    first_steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedWords:
    """The words of everything that is searched for: what disguised words are taken for.

    A school that disables a term leaves its words among them; they are read as words, and nothing is found.
    """

    words: frozenset[str] = field(repr=False)
    # Those of lists in the language of the table of plain speech.
    spoken: frozenset[str] = field(repr=False)
    # Whether some text begins or ends with a filler, so that fillers must be read.
    keeps_fillers: bool
    # What anchors of terms are numbers of, each ended by `RUN_END` but the last. One text, since there are
    # tens of thousands; those of a compiled pack are in order, so that they are soon searched for.
    runs: str = field(repr=False)

    def numbered(self) -> list[str]:
        return self.runs.split(RUN_END) if self.runs else []


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordPack:
    """What a matcher is built from: the lists, the themes they speak of, and what ordinary life is."""

    lists: tuple[KeywordList, ...]
    themes: Mapping[str, Theme] = field(repr=False)
    knowledge: Knowledge = field(default=EMPTY_KNOWLEDGE, repr=False)
    # Where the terms have anchors.
    words: ListedWords | None = field(default=None, repr=False, compare=False)

    def theme(self, slug: str) -> Theme:
        """Raise `ThemeUnknown` for a slug that the table of themes does not have."""
        try:
            return self.themes[slug]
        except KeyError:
            raise ThemeUnknown(slug) from None

    def is_core(self, slug: str) -> bool:
        """Say whether a theme is core. A theme nobody described is not."""
        theme = self.themes.get(slug)
        return theme is not None and theme.core
