"""What one school changes in the supplied lists: a file of its own, so that an update of the lists keeps it.

One file, any number of tables::

    [[disable]]    term = "gb-0003"   reason = "..."   owner = "..."   expires = 2027-03-31
    [[severity]]   term = "dr-0107"   to = 3           reason, owner, expires
    [[exception]]  term = "bu-0004"   phrases = ["the bully pulpit"]   reason, owner, expires

Every change says why, whose it is and until when (at most `LONGEST_DAYS` ahead when it is checked); from that
day on the list is as supplied. A term of a core theme can't be disabled, nor lowered, nor excepted as it
stands. `check_overrides` tells an editor what is wrong; `apply_overrides` refuses only what must never be, so
that a term which an update took away does not stop a school's lists. Pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from lamplighter_keywords.authoring.phrases import Classes, plainly
from lamplighter_keywords.authoring.toml_tables import RawTable, SourceText, Table
from lamplighter_keywords.errors import ListMalformed
from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.terms import KeywordList, KeywordPack, Term

LONGEST_DAYS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One change of one term. Exactly one of `disabled`, `severity` and `exceptions` says which."""

    term: str
    reason: str
    owner: str
    expires: date
    disabled: bool = False
    severity: int | None = None
    exceptions: tuple[str, ...] = field(default=(), repr=False)
    file: str = ""
    line: int = 0

    def is_over(self, today: date) -> bool:
        """Say whether the list is as supplied again; the last day is the one before `expires`."""
        return today >= self.expires

    def fault(self, problem: str) -> ListMalformed:
        return ListMalformed(self.file, self.term, self.line, problem)


Overrides = tuple[Override, ...]


def load_overrides(path: Path) -> Overrides:
    """Read a school's file; raise `ListMalformed` with file, term and line for the first fault."""
    return _read(*SourceText.read(path, path.name))


def parse_overrides(raw: bytes, shown: str) -> Overrides:
    """Read from what the file held; raise as `load_overrides`."""
    return _read(*SourceText.parse(raw, shown))


def apply_overrides(pack: KeywordPack, overrides: Overrides, today: date) -> KeywordPack:
    """Give the pack as it counts on one day; raise `ListMalformed` for what a core theme does not allow.

    What is over, and what speaks of a term that is not there, changes nothing.
    """
    by_term: dict[str, list[Override]] = {}
    for override in overrides:
        if not override.is_over(today):
            by_term.setdefault(override.term, []).append(override)
    if not by_term:
        return pack
    classes = pack.knowledge.classes
    lists = tuple(
        _changed(one, by_term, core=classes if pack.is_core(one.theme) else None) for one in pack.lists
    )
    return replace(pack, lists=lists)


def next_expiry(overrides: Overrides, today: date) -> date | None:
    """The first day on which the lists will be others than they are today; none if nothing ends."""
    return min((one.expires for one in overrides if not one.is_over(today)), default=None)


def check_overrides(pack: KeywordPack, overrides: Overrides, today: date) -> Iterator[ListMalformed]:
    """Give everything that an editor should hear of, as faults with file and line."""
    terms = {term.id: (term, one.theme) for one in pack.lists for term in one.terms}
    seen: set[tuple[object, ...]] = set()
    for override in overrides:
        found = terms.get(override.term)
        if found is None:
            yield override.fault("there is no such term in the lists; was it taken away by an update?")
        else:
            term, theme = found
            core = pack.knowledge.classes if pack.is_core(theme) else None
            problem = _refusal(override, term, core=core)
            if problem:
                yield override.fault(problem)
        if override.is_over(today):
            yield override.fault(f"is over since {override.expires}; take it out, or give it a new date")
        elif override.expires > today + timedelta(days=LONGEST_DAYS):
            yield override.fault(f"expires must be within {LONGEST_DAYS} days, so that somebody looks again")
        key = (override.term, override.disabled, override.severity is None, override.exceptions)
        if key in seen:
            yield override.fault("the same change is there twice")
        seen.add(key)


def _refusal(override: Override, term: Term, *, core: Classes | None) -> str:
    """Say what is not allowed; `core` has the word classes where the theme is a core one."""
    if core is None:
        return ""
    if override.disabled:
        return "a term of a core theme can't be disabled; excuse a longer, harmless phrase with [[exception]]"
    if override.severity is not None and override.severity < term.severity:
        return f"a term of a core theme can't be lowered; it has severity {term.severity}"
    if not _said(term.text, core).isdisjoint(_said(override.exceptions, core)):
        return "an exception of a core theme must be longer than the term, or it would disable it"
    return ""


def _said(texts: Iterable[str], classes: Classes) -> set[str]:
    return {fold(spelling) for text in texts for spelling in plainly(text, classes)}


def _changed(one: KeywordList, by_term: dict[str, list[Override]], *, core: Classes | None) -> KeywordList:
    if by_term.keys().isdisjoint(term.id for term in one.terms):
        return one
    terms: list[Term] = []
    for term in one.terms:
        changed: Term | None = term
        for override in by_term.get(term.id, ()):
            changed = _apply(override, changed, core=core) if changed else None
        if changed is not None:
            terms.append(changed)
    return replace(one, terms=tuple(terms))


def _apply(override: Override, term: Term, *, core: Classes | None) -> Term | None:
    problem = _refusal(override, term, core=core)
    if problem:
        raise override.fault(problem)
    if override.disabled:
        return None
    if override.severity is not None:
        return replace(term, severity=override.severity)
    # Without its anchors it is looked at again: an exception may begin or end with a filler.
    return replace(term, exceptions=(*term.exceptions, *override.exceptions), anchors=())


def _read(source: SourceText, raw: RawTable) -> Overrides:
    whole = Table(source, raw, line=1)
    found: list[Override] = []
    for kind in ("disable", "severity", "exception"):
        for nth, table in enumerate(whole.tables(kind)):
            table.line = source.line_of(f"[[{kind}", nth)
            found.append(_override(table, kind, source.file))
    whole.done()
    return tuple(sorted(found, key=lambda one: one.line))


def _override(table: Table, kind: str, file: str) -> Override:
    if "theme" in table.names():
        raise table.fault("a whole theme can't be changed here; name one term, by its id", "theme")
    table.term = table.text("term", required=True)
    expires = table.day("expires", required=True)
    if expires is None:
        raise table.fault("expires is missing")
    made = Override(
        term=table.term,
        reason=table.text("reason", required=True),
        owner=table.text("owner", required=True),
        expires=expires,
        disabled=kind == "disable",
        severity=table.number("to", low=1, high=5) if kind == "severity" else None,
        exceptions=table.texts("phrases", required=True) if kind == "exception" else (),
        file=file,
        line=table.line,
    )
    table.done()
    return made
