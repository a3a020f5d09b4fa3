"""What one school changes in the supplied lists: a file of its own, so that an update of the lists keeps it.

One file, any number of tables::

    [[disable]]    term = "gb-0003"   reason = "..."   owner = "..."   expires = 2027-03-31
    [[severity]]   term = "dr-0107"   to = 3           reason, owner, expires
    [[exception]]  term = "bu-0004"   phrases = ["the bully pulpit"]   reason, owner, expires

Every change says why, whose it is and until when (at most `LONGEST_DAYS` ahead when it is checked); from that
day on the list is as supplied, and the change says nothing any more (`lapsed`). A term of a core theme can't
be disabled, nor lowered, nor excepted as it stands. `check_overrides` tells an editor what is wrong;
`apply_overrides` refuses only what must never be, so that a term which an update took away does not stop a
school's lists. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from lamplighter_keywords.authoring.phrases import Classes, plainly
from lamplighter_keywords.authoring.toml_tables import Faults, RawTable, SourceText, Table
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
    """Read a school's file; raise `ListMalformed` with file, term and line, and with all that is wrong."""
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


def lapsed(overrides: Overrides, today: date) -> Iterator[ListMalformed]:
    """Give a notice of each change that is over: it stops nothing, and changes nothing."""
    for override in overrides:
        if override.is_over(today):
            yield override.fault(
                f"ended on {override.expires}, so the list is as supplied again; "
                "take it out, or give it a new date"
            )


def check_overrides(pack: KeywordPack, overrides: Overrides, today: date) -> Iterator[ListMalformed]:
    """Give everything that must be put right before it is published, as faults with file and line."""
    live = [override for override in overrides if not override.is_over(today)]
    terms = {term.id: (term, one.theme) for one in pack.lists for term in one.terms}
    for override in live:
        found = terms.get(override.term)
        if found is None:
            near = get_close_matches(override.term, terms, n=1)
            meant = f"did you mean {near[0]!r}? Or was" if near else "was"
            yield override.fault(f"there is no such term in the lists; {meant} it taken away by an update?")
        else:
            term, theme = found
            core = pack.knowledge.classes if pack.is_core(theme) else None
            problem = _refusal(override, term, core=core)
            if problem:
                yield override.fault(problem)
        if override.expires > today + timedelta(days=LONGEST_DAYS):
            last = today + timedelta(days=LONGEST_DAYS)
            within = f"expires must be within {LONGEST_DAYS} days, {last} or earlier"
            yield override.fault(f"{within}, so that somebody looks again")
    yield from _contradictions(live)


def _contradictions(live: Sequence[Override]) -> Iterator[ListMalformed]:
    """Find what stands twice, and what does nothing because of another change of the same term."""
    off = {one.term: one for one in live if one.disabled}
    seen: dict[tuple[object, ...], Override] = {}
    for one in live:
        before = seen.setdefault((one.term, one.disabled, one.severity is None, one.exceptions), one)
        if before is not one:
            yield one.fault(f"line {before.line} changes the same; take one of the two changes out")
        elif one.term in off and not one.disabled:
            line = off[one.term].line
            yield one.fault(f"line {line} switches this term off; take one of the two changes out")


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
    faults = Faults()
    if not {"list", "term"}.isdisjoint(whole.names()):
        problem = "words of your own stand in a list in the folder lists, beside this file"
        raise ListMalformed(source.file, "", source.line_of_header("term"), problem)
    found: list[Override] = []
    for kind in ("disable", "severity", "exception"):
        tables: list[Table] = faults.take(partial(whole.tables, kind), [])
        for nth, table in enumerate(tables):
            table.line = source.line_of(f"[[{kind}", nth)
            made = faults.take(partial(_override, table, kind, source.file), None)
            found += [made] if made else []
    faults.take(whole.done, None)
    faults.end()
    return tuple(sorted(found, key=lambda one: one.line))


def _override(table: Table, kind: str, file: str) -> Override:
    if "theme" in table.names():
        raise table.fault("a whole theme can't be changed here; name one term, by its id", "theme")
    faults = Faults()
    table.term = faults.take(partial(table.text, "term", required=True), "")
    severity = partial(table.number, "to", low=1, high=5)
    phrases = partial(table.texts, "phrases", required=True)
    made = Override(
        term=table.term,
        reason=faults.take(partial(table.text, "reason", required=True), ""),
        owner=faults.take(partial(table.text, "owner", required=True), ""),
        expires=faults.take(partial(table.day, "expires"), date.min),
        disabled=kind == "disable",
        severity=faults.take(severity, 1) if kind == "severity" else None,
        exceptions=faults.take(phrases, ()) if kind == "exception" else (),
        file=file,
        line=table.line,
    )
    faults.take(table.done, None)
    faults.end()
    return made
