"""Keyword lists and the table of themes, from TOML files to frozen values.

One file holds one list::

    [list]
    id = "self-harm.en"     theme = "self-harm"     language = "en"          these three are required
    schema = 1   risk_4c = "content"   version = "2026.11.1"   licence = "..."   provenance = "..."
    reviewed = 2026-11-01   speaker_reviewed = true      the latter is true for English without being said
    [[list.changelog]]
    version = "2026.11.1"   date = 2026-11-01   by = "..."   note = "first issue"
    [[term]]
    id = "sh-0012"   text = ["..."]   match = "phrase"   severity = 4        these four are required
    sources = ["typed", "pasted", "title", "search"]
    lanes = { leet = true, repeat = true, spaced = true, joined = true, typo = 1 }
    exceptions = ["..."]
    requires = { any_of = ["..."], within = 6 }
    lowers = { contexts = ["curriculum"], to = 2 }
    raises = { contexts = ["first_person"], by = 1 }
    key_stages = ["KS2"]   user_kinds = ["pupil", "staff"]
    standalone = true   confidence = "high"   review = "2027-05"   note = "..."
    tests = { hit = ["..."], miss = ["..."] }

An unknown key is refused by name: a typing slip in a key would otherwise switch off what it was meant to
do. Whether a list is any good (tests, duplicates, common words) is lint's question, not this module's.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from lamplighter_keywords.authoring.patterns import parse_pattern
from lamplighter_keywords.authoring.toml_tables import Faults, RawTable, SourceText, Table
from lamplighter_keywords.errors import ListMalformed, ListsMissing, PatternRefused, ThemesMalformed
from lamplighter_keywords.judging.contexts import CONTEXTS
from lamplighter_keywords.knowledge import EMPTY_KNOWLEDGE, Knowledge
from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.terms import (
    ALL_LANES,
    ALL_SCOPES,
    ALL_USER_KINDS,
    KEY_STAGES,
    MOST_WORDS_BETWEEN,
    NO_EXAMPLES,
    Change,
    Confidence,
    Examples,
    KeywordList,
    KeywordPack,
    Lanes,
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

SCHEMA = 1
# Who keeps these lists speaks it.
OUR_LANGUAGE = "en"
LONGEST_TEXT = 1_500
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_MODES = frozenset(mode.value for mode in Mode)
_SCOPES = frozenset(scope.value for scope in Scope) | {"window_title"}
_USER_KINDS = frozenset(kind.value for kind in UserKind)
_CONFIDENCES = frozenset(confidence.value for confidence in Confidence)
_RISK_AREAS = frozenset(area.value for area in RiskArea)


def load_folder(
    path: Path, themes: Mapping[str, Theme], knowledge: Knowledge = EMPTY_KNOWLEDGE
) -> KeywordPack:
    """Read every list below a folder, in the order of their paths."""
    files = list_files(path)
    if not files:
        raise ListsMissing(str(path))
    lists = tuple(load_list(file, root=path) for file in files)
    return KeywordPack(lists=lists, themes=themes, knowledge=knowledge)


def list_files(path: Path) -> list[Path]:
    """Give the lists below a folder; what is hidden is some program's, not an editor's."""
    return sorted(file for file in path.rglob("*.toml") if not file.name.startswith("."))


def load_list(path: Path, *, root: Path | None = None) -> KeywordList:
    """Read one list; raise `ListMalformed` with the file as seen from `root`, the term and the line.

    Of each term its first fault is told, of all terms at once.
    """
    shown = str(path.relative_to(root)) if root else str(path)
    return _read_list(*SourceText.read(path, shown))


def parse_list(raw: bytes, shown: str) -> KeywordList:
    """Read one list from what its file held; raise as `load_list`."""
    return _read_list(*SourceText.parse(raw, shown))


def _read_list(source: SourceText, raw: RawTable) -> KeywordList:
    shown = source.file
    whole = Table(source, raw, line=1)
    if not {"disable", "severity", "exception"}.isdisjoint(whole.names()):
        problem = (
            "changes of the supplied lists stand in overrides.toml, beside the folder lists; "
            "move them there, or name the folder lists itself"
        )
        raise ListMalformed(shown, "", 1, problem)
    head = whole.table("list")
    if head is None:
        raise ListMalformed(shown, "", 1, "there is no [list] table")
    head.line = source.line_of("[list")
    terms = whole.tables("term")
    faults = Faults()
    read: dict[str, Term] = {}
    for nth, table in enumerate(terms):
        table.line = source.line_of("[[term", nth)
        term = faults.take(partial(_term, table), None)
        if term and term.id in read:
            problem = f"the id is already used in line {read[term.id].line}; give this term another"
            faults.add(table.fault(problem, "id"))
        elif term:
            read[term.id] = term
    faults.take(whole.done, None)
    return faults.last(partial(_list, head, tuple(read.values()), shown, source))


def _list(head: Table, terms: tuple[Term, ...], file: str, source: SourceText) -> KeywordList:
    changes: list[Change] = []
    for nth, table in enumerate(head.tables("changelog")):
        table.line = source.line_of("[[list.changelog", nth)
        changes.append(
            Change(
                version=table.text("version"),
                date=table.day("date"),
                by=table.text("by"),
                note=table.text("note"),
            )
        )
        table.done()
    area = head.choice("risk_4c", _RISK_AREAS)
    language = head.text("language", required=True)
    made = KeywordList(
        id=head.text("id", required=True),
        theme=head.text("theme", required=True),
        language=language,
        terms=terms,
        file=file,
        line=head.line,
        schema=head.number("schema", low=SCHEMA, high=SCHEMA, default=SCHEMA),
        risk_area=RiskArea(area) if area else None,
        version=head.text("version") or "0",
        licence=head.text("licence"),
        provenance=head.text("provenance"),
        reviewed=head.day_if_any("reviewed"),
        speaker_reviewed=head.flag("speaker_reviewed", default=language == OUR_LANGUAGE),
        changelog=tuple(changes),
    )
    head.done()
    return made


def _term(table: Table) -> Term:
    term_id = table.text("id", required=True)
    table.term = term_id
    mode = Mode(table.choice("match", _MODES, required=True))
    confidence = table.choice("confidence", _CONFIDENCES)
    term = Term(
        id=term_id,
        text=_texts(table, mode),
        match=mode,
        severity=table.number("severity", low=1, high=5),
        standalone=table.flag("standalone", default=False),
        sources=frozenset(map(_scope, table.choices("sources", _SCOPES))) or ALL_SCOPES,
        lanes=_lanes(table.table("lanes")),
        exceptions=_phrases(table, "exceptions"),
        requires=_requires(table.table("requires"), mode),
        lowers=_lowers(table.table("lowers")),
        raises=_raises(table.table("raises")),
        key_stages=frozenset(table.choices("key_stages", KEY_STAGES)) or KEY_STAGES,
        user_kinds=frozenset(map(UserKind, table.choices("user_kinds", _USER_KINDS))) or ALL_USER_KINDS,
        confidence=Confidence(confidence) if confidence else None,
        review=_review(table),
        note=table.text("note") or table.text("rationale"),
        tests=_tests(table.table("tests")),
        line=table.line,
    )
    # Both names are known, whichever of them was used.
    table.text("rationale")
    table.done()
    return term


def _texts(table: Table, mode: Mode) -> tuple[str, ...]:
    if mode is Mode.REGEX:
        texts = table.texts("text", required=True)
        for text in texts:
            try:
                parse_pattern(text)
            except PatternRefused as refused:
                raise table.fault(refused.problem, "text") from refused
        return texts
    texts = _phrases(table, "text", required=True)
    # "self-harm" is a word to its editor, though it folds to two.
    if mode is Mode.WORD and any(len(text.split()) > 1 for text in texts):
        raise table.fault('a "word" is one word; use match = "phrase"', "text")
    if mode is Mode.ALL_OF and len(texts) < 2:
        raise table.fault("all_of needs two texts or more", "text")
    return texts


def _phrases(table: Table, key: str, *, required: bool = False) -> tuple[str, ...]:
    texts = table.texts(key, required=required)
    for text in texts:
        if not fold(text):
            raise table.fault(f"{text!r} has neither letters nor digits", key)
        if len(text) > LONGEST_TEXT:
            raise table.fault(f"a text has more than {LONGEST_TEXT} characters", key)
    return texts


def _scope(name: str) -> Scope:
    return Scope.TITLE if name == "window_title" else Scope(name)


def _lanes(table: Table | None) -> Lanes:
    if table is None:
        return ALL_LANES
    lanes = Lanes(
        leet=table.flag("leet", default=True),
        repeat=table.flag("repeat", default=True),
        spaced=table.flag("spaced", default=True),
        joined=table.flag("joined", default=True),
        typo=table.number("typo", low=0, high=2, default=1, flag_too=True),
    )
    table.done()
    return lanes


def _requires(table: Table | None, mode: Mode) -> Requires | None:
    if table is None:
        return None
    any_of = _phrases(table, "any_of", required=mode is not Mode.ALL_OF)
    requires = Requires(
        any_of=any_of,
        within=table.number("within", low=1, high=MOST_WORDS_BETWEEN, default=Requires().within),
    )
    table.done()
    return requires


def _lowers(table: Table | None) -> Lowers | None:
    if table is None:
        return None
    lowers = Lowers(contexts=_contexts(table), to=table.number("to", low=1, high=5))
    table.done()
    return lowers


def _contexts(table: Table) -> tuple[str, ...]:
    contexts = table.choices("contexts", CONTEXTS)
    if not contexts:
        raise table.fault("contexts is missing")
    return contexts


def _raises(table: Table | None) -> Raises | None:
    if table is None:
        return None
    raises = Raises(contexts=_contexts(table), by=table.number("by", low=1, high=4))
    table.done()
    return raises


def _review(table: Table) -> str:
    review = table.text("review")
    if review and not _MONTH.fullmatch(review):
        raise table.fault("must be a month such as 2027-05", "review")
    return review


def _tests(table: Table | None) -> Examples:
    if table is None:
        return NO_EXAMPLES
    examples = Examples(hit=table.texts("hit"), miss=table.texts("miss"))
    table.done()
    return examples


def load_themes(path: Path) -> dict[str, Theme]:
    """Read the table of themes: one `[[theme]]` for each."""
    return _themes(lambda: SourceText.read(path, path.name))


def parse_themes(raw: bytes, shown: str) -> dict[str, Theme]:
    """Read the table of themes from what its file held."""
    return _themes(lambda: SourceText.parse(raw, shown))


def _themes(read: Callable[[], tuple[SourceText, RawTable]]) -> dict[str, Theme]:
    try:
        source, raw = read()
        whole = Table(source, raw, line=1)
        themes: dict[str, Theme] = {}
        for nth, table in enumerate(whole.tables("theme")):
            table.line = source.line_of("[[theme", nth)
            theme = _theme(table)
            if theme.slug in themes or theme.code in {one.code for one in themes.values()}:
                raise table.fault(f"{theme.slug} or its code {theme.code} is there twice")
            themes[theme.slug] = theme
        whole.done()
    except ListMalformed as fault:
        raise ThemesMalformed(fault.file, fault.line, fault.problem) from fault
    return themes


def _theme(table: Table) -> Theme:
    area = table.choice("risk_area", _RISK_AREAS)
    theme = Theme(
        slug=table.text("slug", required=True),
        code=table.text("code", required=True),
        name=table.text("name", required=True),
        risk_area=RiskArea(area) if area else None,
        definition=table.text("definition", required=True),
        base_severity=table.number("base_severity", low=0, high=5),
        core=table.flag("core", default=False),
        route=table.text("route", required=True),
        first_steps=table.texts("first_steps"),
    )
    table.done()
    return theme
