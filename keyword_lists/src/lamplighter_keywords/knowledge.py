"""What ordinary life looks like, and the words that lists share: read from files, frozen, never changed.

The files of the folder `knowledge`, told apart by the first part of their names; of one kind there may be
several, one for each language, and all of them count together::

    words.en.toml     [classes]     want = ["want to", "need to"]           what {want} stands for in a list
    speech.en.toml    fillers = ["really"]   [spellings]   wanna = "want to"
    cues.en.toml      [cues]        curriculum = ["essay"]                 what contexts.py listens for
    idioms.en.toml    [[harmless]]  phrases = ["killing time"]   note = "..."
    works.en.toml     [[work]]      titles = ["Romeo and Juliet"]   kind = "play"
    sites.toml        [[site]]      names = ["Wikipedia"]   kind = "reference"
    places.toml       [[place]]     names = ["Scunthorpe"]
    names.toml        [[name]]      names = ["Hancock"]

Each may begin with `language = "en"`. An unknown key is refused by name. Words are kept as they are written:
whoever compares them folds them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path, PurePosixPath

from lamplighter_keywords.authoring.toml_tables import SourceText, Table
from lamplighter_keywords.errors import KnowledgeMalformed, ListMalformed, ListsMissing
from lamplighter_keywords.reading.vocabulary import NO_WORDS, Vocabulary, shipped_vocabulary
from lamplighter_keywords.texts import Texts


class SiteKind(Enum):
    """What people do on a site or in an application."""

    REFERENCE = "reference"
    NEWS = "news"
    HELPLINE = "helpline"
    SEARCH = "search"
    VIDEO = "video"
    SOCIAL = "social"
    GAME = "game"
    SHOP = "shop"
    AI_CHAT = "ai_chat"
    # What a school works with: word processors, classrooms, mail.
    SCHOOL = "school"
    # A browser says nothing about what is read in it.
    BROWSER = "browser"


WORK_KINDS = frozenset({"play", "book", "poem", "film", "series", "game", "song", "other"})
_SITE_KINDS = frozenset(kind.value for kind in SiteKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything the files say, in the order of their names."""

    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    spellings: Mapping[str, str] = field(default_factory=dict, repr=False)
    fillers: frozenset[str] = field(default=frozenset(), repr=False)
    cues: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    # Idioms, places and names: a match wholly inside one of them is none.
    harmless: tuple[str, ...] | Texts = field(default=(), repr=False)
    works: tuple[str, ...] | Texts = field(default=(), repr=False)
    sites: Mapping[str, SiteKind] = field(default_factory=dict, repr=False)
    # Which words exist; it comes with the package and not from these files.
    vocabulary: Vocabulary = field(default=NO_WORDS, repr=False, compare=False)

    def __hash__(self) -> int:
        return hash((self.harmless, self.works))


EMPTY_KNOWLEDGE = Knowledge()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    """What has been read so far."""

    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    fillers: set[str] = field(default_factory=set)
    cues: dict[str, tuple[str, ...]] = field(default_factory=dict)
    harmless: list[str] = field(default_factory=list)
    works: list[str] = field(default_factory=list)
    sites: dict[str, SiteKind] = field(default_factory=dict)


def load_knowledge(folder: Path) -> Knowledge:
    """Read every file of a folder; raise `ListsMissing`, or `KnowledgeMalformed` with file and line."""
    return parse_knowledge(knowledge_files(folder))


def knowledge_files(folder: Path) -> dict[str, bytes]:
    """Read what a folder holds, by file name; raise `ListsMissing` where there is nothing to read."""
    try:
        files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))}
    except OSError as error:
        raise ListsMissing(str(folder)) from error
    if not files:
        raise ListsMissing(str(folder))
    return files


def parse_knowledge(files: Mapping[str, bytes]) -> Knowledge:
    """Read files by their names; raise `KnowledgeMalformed` with file and line for the first fault."""
    gathered = _Gathered()
    for name in sorted(files):
        read = _READERS.get(PurePosixPath(name).name.partition(".")[0])
        if read is None:
            raise KnowledgeMalformed(
                name, 1, f"the name must begin with one of {', '.join(sorted(_READERS))}"
            )
        try:
            _read(name, files[name], gathered, read)
        except ListMalformed as fault:
            raise KnowledgeMalformed(fault.file, fault.line, fault.problem) from fault
    return Knowledge(
        classes=gathered.classes,
        spellings=gathered.spellings,
        fillers=frozenset(gathered.fillers),
        cues=gathered.cues,
        harmless=tuple(dict.fromkeys(gathered.harmless)),
        works=tuple(dict.fromkeys(gathered.works)),
        sites=gathered.sites,
        vocabulary=shipped_vocabulary(),
    )


_Reader = Callable[[SourceText, Table, _Gathered], None]


def _read(name: str, raw: bytes, gathered: _Gathered, read: _Reader) -> None:
    source, data = SourceText.parse(raw, name)
    whole = Table(source, data, line=1)
    whole.text("language")
    read(source, whole, gathered)
    whole.done()


def _named(source: SourceText, whole: Table, key: str) -> Table:
    """Take the one table of a file whose keys are its own."""
    table = whole.table(key)
    if table is None:
        raise whole.fault(f"there is no [{key}] table")
    table.line = source.line_of(f"[{key}")
    return table


def _each(source: SourceText, whole: Table, key: str) -> list[Table]:
    tables = whole.tables(key)
    for nth, table in enumerate(tables):
        table.line = source.line_of(f"[[{key}", nth)
    return tables


def _lists_of(source: SourceText, whole: Table, key: str) -> dict[str, tuple[str, ...]]:
    table = _named(source, whole, key)
    return {name: table.texts(name, required=True) for name in table.names()}


def _words(source: SourceText, whole: Table, gathered: _Gathered) -> None:
    _merge(gathered.classes, _lists_of(source, whole, "classes"))


def _cues(source: SourceText, whole: Table, gathered: _Gathered) -> None:
    _merge(gathered.cues, _lists_of(source, whole, "cues"))


def _merge(into: dict[str, tuple[str, ...]], more: dict[str, tuple[str, ...]]) -> None:
    for name, texts in more.items():
        into[name] = tuple(dict.fromkeys((*into.get(name, ()), *texts)))


def _speech(source: SourceText, whole: Table, gathered: _Gathered) -> None:
    gathered.fillers.update(whole.texts("fillers"))
    table = _named(source, whole, "spellings")
    for spelling in table.names():
        plain = table.text(spelling, required=True)
        if gathered.spellings.setdefault(spelling, plain) != plain:
            raise table.fault("another file says something else", spelling)


def _idioms(source: SourceText, whole: Table, gathered: _Gathered) -> None:
    for table in _each(source, whole, "harmless"):
        gathered.harmless.extend(table.texts("phrases", required=True))
        table.text("note")
        table.done()


def _works(source: SourceText, whole: Table, gathered: _Gathered) -> None:
    for table in _each(source, whole, "work"):
        gathered.works.extend(table.texts("titles", required=True))
        table.choice("kind", WORK_KINDS)
        table.done()


def _sites(source: SourceText, whole: Table, gathered: _Gathered) -> None:
    for table in _each(source, whole, "site"):
        kind = SiteKind(table.choice("kind", _SITE_KINDS, required=True))
        for name in table.texts("names", required=True):
            if gathered.sites.setdefault(name, kind) is not kind:
                raise table.fault(f"{name!r} is there with another kind", "names")
        table.done()


def _places(source: SourceText, whole: Table, gathered: _Gathered) -> None:
    _proper_names(source, whole, gathered, "place")


def _names(source: SourceText, whole: Table, gathered: _Gathered) -> None:
    _proper_names(source, whole, gathered, "name")


def _proper_names(source: SourceText, whole: Table, gathered: _Gathered, key: str) -> None:
    for table in _each(source, whole, key):
        gathered.harmless.extend(table.texts("names", required=True))
        table.text("note")
        table.done()


_READERS: Mapping[str, _Reader] = {
    "words": _words,
    "speech": _speech,
    "cues": _cues,
    "idioms": _idioms,
    "works": _works,
    "sites": _sites,
    "places": _places,
    "names": _names,
}
