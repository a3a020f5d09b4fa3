"""One school's folder: its own lists, and what it changes in the supplied ones.

::

    lists/            lists of its own, beside the supplied ones
    overrides.toml    its changes of supplied terms (`overrides.py`)

Either may be missing; what lies beside them and looks like one of them is a fault (`misnamed.py`). Nothing in
it is ever written over by an update of the supplied lists.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from lamplighter_keywords.authoring.excusing import idle_exceptions, silenced_hits
from lamplighter_keywords.authoring.lint import Problem, lint_folder, unwritable
from lamplighter_keywords.authoring.loading import list_files, load_list
from lamplighter_keywords.authoring.misnamed import LISTS, OVERRIDES, misnamed_lists, misplaced
from lamplighter_keywords.authoring.overrides import (
    Override,
    Overrides,
    apply_overrides,
    check_overrides,
    lapsed,
    load_overrides,
)
from lamplighter_keywords.errors import ListMalformed, ListsMissing, SchoolMissing, ThemeUnknown
from lamplighter_keywords.terms import KeywordList, KeywordPack, Term

RULE = "school"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolReport:
    """What was looked at in a school's folder, what is wrong there, and which changes have ended."""

    terms: int = 0
    changes: int = 0
    problems: tuple[Problem, ...] = ()
    ended: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """One school's lists on one day."""

    counting: KeywordPack
    # The supplied lists and its own, before its changes, and those of the changes that hold on that day.
    before: KeywordPack
    changes: Overrides


def load_school(folder: Path, supplied: KeywordPack, today: date) -> School:
    """Give the lists as they count in one school today.

    Raises `SchoolMissing` where the folder holds neither part, and `ListMalformed` for the first fault.
    """
    _ask_for_something(folder)
    if fault := next(_unread(folder), None):
        raise fault
    lists = [load_list(file, root=folder) for file in list_files(folder / LISTS)]
    before = together(supplied, lists)
    changes = tuple(one for one in _overrides(folder) if not one.is_over(today))
    return School(counting=apply_overrides(before, changes, today), before=before, changes=changes)


def check_school(folder: Path, supplied: KeywordPack, today: date) -> SchoolReport:
    """Tell all that an editor should hear of; raise `SchoolMissing` where there is nothing to check."""
    _ask_for_something(folder)
    problems = [Problem.of(fault, RULE) for fault in _unread(folder)]
    lists: list[KeywordList] = []
    for file in list_files(folder / LISTS):
        try:
            lists.append(load_list(file, root=folder))
        except ListMalformed as faults:
            problems += [Problem.of(fault, RULE) for fault in faults.every]
    problems += [Problem.of(fault, RULE) for fault in _clashes(supplied, lists)]
    terms = 0
    if list_files(folder / LISTS):
        report = lint_folder(folder / LISTS, supplied.themes, supplied.knowledge)
        problems += [replace(one, file=f"{LISTS}/{one.file}") for one in report.problems]
        terms = report.terms
    both = replace(supplied, lists=(*supplied.lists, *lists))
    changes = check_changes(lambda: _overrides(folder), both, today)
    # What is said in other words, at the same place: once.
    told = {(one.file, one.line, one.message): one for one in (*problems, *changes.problems)}
    in_order = sorted(told.values(), key=lambda one: (one.file, one.line))
    return replace(changes, terms=terms, problems=tuple(in_order))


def check_changes(read: Callable[[], Overrides], pack: KeywordPack, today: date) -> SchoolReport:
    """Tell all that an editor should hear of changes alone, beside the lists that they change."""
    try:
        changes = read()
    except ListMalformed as faults:
        return SchoolReport(problems=tuple(Problem.of(fault, RULE) for fault in faults.every))
    problems = [Problem.of(fault, RULE) for fault in check_overrides(pack, changes, today)]
    problems += faulty_exceptions(pack, [one for one in changes if not one.is_over(today)])
    ended = tuple(Problem.of(fault, RULE) for fault in lapsed(changes, today))
    return SchoolReport(changes=len(changes), problems=tuple(problems), ended=ended)


def _unread(folder: Path) -> Iterator[ListMalformed]:
    for path, problem in (*misplaced(folder), *misnamed_lists(folder / LISTS)):
        yield ListMalformed(str(path.relative_to(folder)), "", 1, problem)


def _ask_for_something(folder: Path) -> None:
    if (folder / LISTS).is_dir() or (folder / OVERRIDES).is_file():
        return
    # In the folder of lists itself, or in none, no file is in the wrong place.
    if folder.name == LISTS or not any(misplaced(folder)):
        raise SchoolMissing(str(folder))


def _overrides(folder: Path) -> Overrides:
    file = folder / OVERRIDES
    return load_overrides(file) if file.is_file() else ()


def with_own_lists(supplied: KeywordPack, folder: Path) -> KeywordPack:
    """Give the supplied lists and those of a folder; raise `ListsMissing` and `ListMalformed`."""
    files = list_files(folder)
    if not files:
        raise ListsMissing(str(folder))
    return together(supplied, [load_list(file, root=folder) for file in files])


def together(supplied: KeywordPack, own: Sequence[KeywordList]) -> KeywordPack:
    """Put a school's lists beside the supplied ones; raise `ListMalformed` for an id that both have."""
    if fault := next(_clashes(supplied, own), None):
        raise fault
    return replace(supplied, lists=(*supplied.lists, *own))


def _clashes(supplied: KeywordPack, own: Sequence[KeywordList]) -> Iterator[ListMalformed]:
    """Give what can't stand beside the supplied lists: no theme of theirs, an id that is taken."""
    lists = {one.id: one.file for one in supplied.lists}
    terms = {term.id: one.file for one in supplied.lists for term in one.terms}
    for one in own:
        if one.theme not in supplied.themes:
            yield ListMalformed(one.file, "", one.line, str(ThemeUnknown(one.theme, supplied.themes)))
        if one.id in lists:
            problem = f"a list in {lists[one.id]} has the id {one.id!r}; give this list another"
            yield ListMalformed(one.file, "", one.line, problem)
        lists[one.id] = one.file
        for term in one.terms:
            if term.id in terms:
                problem = f"a term in {terms[term.id]} has this id; give this term another"
                yield ListMalformed(one.file, term.id, term.line, problem)
            terms[term.id] = one.file


def faulty_exceptions(pack: KeywordPack, overrides: Iterable[Override]) -> Iterator[Problem]:
    """Tell of exceptions that excuse nothing, as their school would think they do, or far too much."""
    terms = {term.id: (one, term) for one in pack.lists for term in one.terms}
    for override in overrides:
        if override.exceptions and override.term in terms:
            for message in _of_exception(pack, override, *terms[override.term]):
                yield Problem.of(override.fault(message), RULE)


def _of_exception(pack: KeywordPack, override: Override, one: KeywordList, term: Term) -> Iterator[str]:
    trial = replace(term, exceptions=override.exceptions)
    unread = list(unwritable(replace(trial, text=()), pack.knowledge))
    if unread:
        yield from unread
        return
    yield from idle_exceptions(one, trial, replace(pack.knowledge, harmless=(), works=()))
    yield from silenced_hits(one, term, override.exceptions, pack.knowledge)
