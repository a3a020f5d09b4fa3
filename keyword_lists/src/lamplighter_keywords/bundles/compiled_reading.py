"""From the JSON of a compiled pack to frozen values; every type and every bound is looked at.

Whoever signed a pack may have had a program with a fault in it: what is not of this shape is refused whole,
with the place and never with a word of a list.
"""

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from operator import lt
from typing import Any, TypeVar

from lamplighter_keywords.anchors import WORDING
from lamplighter_keywords.errors import BundleMalformed
from lamplighter_keywords.judging.contexts import CONTEXTS
from lamplighter_keywords.knowledge import Knowledge, SiteKind
from lamplighter_keywords.reading.vocabulary import shipped_vocabulary
from lamplighter_keywords.terms import (
    ALL_LANES,
    ALL_SCOPES,
    ALL_USER_KINDS,
    KEY_STAGES,
    MOST_WORDS_BETWEEN,
    Anchors,
    KeywordList,
    KeywordPack,
    Lanes,
    ListedWords,
    Lowers,
    Mode,
    Raises,
    Requires,
    RiskArea,
    Scope,
    Term,
    Theme,
    UserKind,
)
from lamplighter_keywords.texts import Shelf, Texts

FORMAT = 3
WHAT = "keywords"
_LAST_WORDING = 1_000_000

Kind = TypeVar("Kind", bound=Enum)
Value = TypeVar("Value")


class _Object:
    """One object of the document; what was not asked for is refused by `done`.

    `known` are the texts so far: many stand in several places, and are held once.
    """

    def __init__(self, raw: object, where: str, known: dict[str, str]) -> None:
        if not isinstance(raw, dict):
            raise BundleMalformed(f"{WHAT}: {where}")
        self._raw: dict[str, Any] = dict(raw)
        self._where = where
        self._known = known

    def fault(self, key: str) -> BundleMalformed:
        return BundleMalformed(f"{WHAT}: {self._where}: {key}")

    def has(self, key: str) -> bool:
        return key in self._raw

    def names(self) -> list[str]:
        return list(self._raw)

    def raw(self, key: str) -> object:
        try:
            return self._raw.pop(key)
        except KeyError as error:
            raise self.fault(key) from error

    def text(self, key: str) -> str:
        value = self.raw(key)
        if not isinstance(value, str):
            raise self.fault(key)
        return value

    def name(self, key: str) -> str:
        value = self.text(key)
        if not value:
            raise self.fault(key)
        return value

    def flag(self, key: str) -> bool:
        value = self.raw(key)
        if not isinstance(value, bool):
            raise self.fault(key)
        return value

    def number(self, key: str, low: int, high: int) -> int:
        value = self.raw(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.fault(key)
        return value

    def texts(self, key: str, *, some: bool = False) -> tuple[str, ...]:
        value = self.raw(key)
        if not isinstance(value, list) or (some and not value):
            raise self.fault(key)
        if not all(value) or set(map(type, value)) - {str}:
            raise self.fault(key)
        return self.once(value)

    def once(self, texts: list[str]) -> tuple[str, ...]:
        """Give the texts, each as it is held already."""
        return tuple([self._known.setdefault(text, text) for text in texts])

    def kind(self, key: str, kinds: type[Kind]) -> Kind:
        try:
            return kinds(self.text(key))
        except ValueError as error:
            raise self.fault(key) from error

    def chosen(self, key: str, known: Iterable[str]) -> frozenset[str]:
        found = frozenset(self.texts(key, some=True))
        if not found <= frozenset(known):
            raise self.fault(key)
        return found

    def object(self, key: str) -> "_Object":
        return _Object(self.raw(key), f"{self._where}: {key}", self._known)

    def mapped(self, key: str, read: Callable[["_Object", str], Value]) -> dict[str, Value]:
        """Read an object whose names are its own."""
        inner = self.object(key)
        return {name: read(inner, name) for name in inner.names()}

    def objects(self, key: str) -> list["_Object"]:
        value = self.raw(key)
        if not isinstance(value, list):
            raise self.fault(key)
        return [
            _Object(one, f"{self._where}: {key} {nth}", self._known) for nth, one in enumerate(value, start=1)
        ]

    def done(self) -> None:
        """Refuse what nobody asked for, unnamed: a later version may have put a word of a list there."""
        if self._raw:
            raise self.fault("a field that is not known")


def pack_of(head: object, lists: Iterable[object]) -> KeywordPack:
    """Give the pack of which these are the lines; raise `BundleMalformed` with the place of what is wrong."""
    known: dict[str, str] = {}
    whole = _Object(head, "pack", known)
    whole.number("format", FORMAT, FORMAT)
    wording = whole.number("wording", 1, _LAST_WORDING)
    words = _words(whole.object("words"))
    pack = KeywordPack(
        lists=_lists(lists, len(words.numbered()), known),
        themes=whole.mapped("themes", _theme),
        knowledge=_knowledge(whole.object("knowledge")),
        words=words,
    )
    whole.done()
    if not pack.lists or not pack.themes:
        raise BundleMalformed(f"{WHAT}: no lists, or no themes")
    return pack if wording == WORDING else _without_anchors(pack)


def _without_anchors(pack: KeywordPack) -> KeywordPack:
    """Whoever chose them writes texts out otherwise than this program: they might miss what it finds."""
    lists = tuple(
        replace(one, terms=tuple(replace(term, anchors=()) for term in one.terms)) for one in pack.lists
    )
    return replace(pack, lists=lists, words=None)


def _words(one: _Object) -> ListedWords:
    spoken, others = (frozenset(_run(one, key)) for key in ("spoken", "others"))
    words = ListedWords(
        words=spoken | others, spoken=spoken, keeps_fillers=one.flag("keeps_fillers"), runs=one.text("runs")
    )
    if not all(words.numbered()):
        raise one.fault("runs")
    one.done()
    return words


def _run(one: _Object, key: str) -> tuple[str, ...]:
    """Read words, each once, in order, parted by single blanks."""
    text = one.text(key)
    words = text.split()
    if " ".join(words) != text or not all(map(lt, words, words[1:])):
        raise one.fault(key)
    return one.once(words)


def _theme(themes: _Object, slug: str) -> Theme:
    one = themes.object(slug)
    area = one.text("risk_area")
    theme = Theme(
        slug=slug,
        code=one.name("code"),
        name=one.name("name"),
        risk_area=_area(one, area) if area else None,
        definition=one.text("definition"),
        base_severity=one.number("base_severity", 0, 5),
        core=one.flag("core"),
        route=one.text("route"),
        first_steps=one.texts("first_steps"),
    )
    one.done()
    return theme


def _area(one: _Object, area: str) -> RiskArea:
    try:
        return RiskArea(area)
    except ValueError as error:
        raise one.fault("risk_area") from error


def _knowledge(one: _Object) -> Knowledge:
    shelf = Shelf()
    known = Knowledge(
        classes=one.mapped("classes", _Object.texts),
        spellings=one.mapped("spellings", _Object.name),
        fillers=frozenset(one.texts("fillers")),
        cues=one.mapped("cues", _Object.texts),
        harmless=_texts(one, "harmless", shelf, some=False),
        works=_texts(one, "works", shelf, some=False),
        sites=one.mapped("sites", lambda sites, name: sites.kind(name, SiteKind)),
        vocabulary=shipped_vocabulary(),
    )
    shelf.close()
    one.done()
    return known


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """What terms share."""

    # How many runs there are for anchors.
    runs: int
    # Many terms require the same words.
    required: dict[Requires, Requires] = field(default_factory=dict)
    # Those of one list.
    shelf: Shelf = field(default_factory=Shelf)


def _lists(some: Iterable[object], runs: int, known: dict[str, str]) -> tuple[KeywordList, ...]:
    shared = _Shared(runs=runs)
    return tuple(_list(_Object(one, f"list {nth}", known), shared) for nth, one in enumerate(some, start=1))


def _list(one: _Object, shared: _Shared) -> KeywordList:
    shared = replace(shared, shelf=Shelf())
    made = KeywordList(
        id=one.name("id"),
        theme=one.name("theme"),
        language=one.name("language"),
        terms=tuple(_term(term, shared) for term in one.objects("terms")),
        file="",
        version=one.name("version"),
        speaker_reviewed=one.flag("speaker_reviewed"),
    )
    shared.shelf.close()
    one.done()
    return made


def _term(one: _Object, shared: _Shared) -> Term:
    term = Term(
        id=one.name("id"),
        text=_texts(one, "text", shared.shelf),
        match=one.kind("match", Mode),
        severity=one.number("severity", 1, 5),
        anchors=_anchors(one, shared.runs) if one.has("anchors") else (),
        standalone=one.has("standalone") and one.flag("standalone"),
        sources=_kinds(one, "sources", Scope) if one.has("sources") else ALL_SCOPES,
        lanes=_lanes(one.object("lanes")) if one.has("lanes") else ALL_LANES,
        exceptions=_texts(one, "exceptions", shared.shelf) if one.has("exceptions") else (),
        requires=_requires(one.object("requires"), shared.required) if one.has("requires") else None,
        lowers=_lowers(one.object("lowers")) if one.has("lowers") else None,
        raises=_raises(one.object("raises")) if one.has("raises") else None,
        key_stages=one.chosen("key_stages", KEY_STAGES) if one.has("key_stages") else KEY_STAGES,
        user_kinds=_kinds(one, "user_kinds", UserKind) if one.has("user_kinds") else ALL_USER_KINDS,
    )
    one.done()
    return term


def _texts(one: _Object, key: str, shelf: Shelf, *, some: bool = True) -> Texts | tuple[str, ...]:
    lines = one.text(key)
    if not lines and not some:
        return ()
    if "\n\n" in f"\n{lines}\n":
        raise one.fault(key)
    return shelf.put(lines)


def _anchors(one: _Object, runs: int) -> Anchors:
    groups = one.raw("anchors")
    try:
        anchors = tuple([array("I", group) for group in groups]) if isinstance(groups, list) else ()
    except (TypeError, ValueError, OverflowError) as error:
        raise one.fault("anchors") from error
    if not anchors or not all(anchors) or max(map(max, anchors)) >= runs:
        raise one.fault("anchors")
    return anchors


def _kinds(one: _Object, key: str, kinds: type[Kind]) -> frozenset[Kind]:
    return frozenset(map(kinds, one.chosen(key, [kind.value for kind in kinds])))


def _lanes(one: _Object) -> Lanes:
    lanes = Lanes(
        leet=one.flag("leet"),
        repeat=one.flag("repeat"),
        spaced=one.flag("spaced"),
        joined=one.flag("joined"),
        typo=one.number("typo", 0, 2),
    )
    one.done()
    return lanes


def _requires(one: _Object, known: dict[Requires, Requires]) -> Requires:
    requires = Requires(any_of=one.texts("any_of"), within=one.number("within", 1, MOST_WORDS_BETWEEN))
    one.done()
    return known.setdefault(requires, requires)


def _contexts(one: _Object) -> tuple[str, ...]:
    found = one.texts("contexts", some=True)
    if not set(found) <= CONTEXTS:
        raise one.fault("contexts")
    return found


def _lowers(one: _Object) -> Lowers:
    lowers = Lowers(contexts=_contexts(one), to=one.number("to", 1, 5))
    one.done()
    return lowers


def _raises(one: _Object) -> Raises:
    raises = Raises(contexts=_contexts(one), by=one.number("by", 1, 4))
    one.done()
    return raises
