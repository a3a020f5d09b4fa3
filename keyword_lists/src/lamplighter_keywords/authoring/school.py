"""One school's folder: its own lists, and what it changes in the supplied ones.

::

    lists/            lists of its own, beside the supplied ones
    overrides.toml    its changes of supplied terms (`overrides.py`)

Either may be missing. Nothing in it is ever written over by an update of the supplied lists.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from lamplighter_keywords.authoring.lint import Problem, idle_exceptions, lint_folder
from lamplighter_keywords.authoring.loading import list_files, load_list
from lamplighter_keywords.authoring.overrides import (
    Overrides,
    apply_overrides,
    check_overrides,
    load_overrides,
)
from lamplighter_keywords.errors import ListMalformed, ListsMissing, SchoolMissing
from lamplighter_keywords.terms import KeywordList, KeywordPack

OWN_LISTS = "lists"
OVERRIDES = "overrides.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolReport:
    """What was looked at in a school's folder, and what is wrong there."""

    terms: int
    changes: int
    problems: tuple[Problem, ...]


def load_school(folder: Path, supplied: KeywordPack, today: date) -> KeywordPack:
    """Give the lists as they count in one school today.

    Raises `SchoolMissing` where the folder holds neither part, and `ListMalformed` for the first fault.
    """
    both = together(supplied, _own_lists(folder))
    return apply_overrides(both, _overrides(folder), today)


def check_school(folder: Path, supplied: KeywordPack, today: date) -> SchoolReport:
    """Tell all that an editor should hear of; raise `SchoolMissing` where there is nothing to check."""
    own = folder / OWN_LISTS
    problems: list[Problem] = []
    terms = 0
    try:
        both = together(supplied, _own_lists(folder))
    except ListMalformed as fault:
        problems.append(_problem(fault))
        both = supplied
    if own.is_dir() and list_files(own):
        report = lint_folder(own, supplied.themes, supplied.knowledge)
        problems += [replace(one, file=f"{OWN_LISTS}/{one.file}") for one in report.problems]
        terms = report.terms
    changes: Overrides = ()
    try:
        changes = _overrides(folder)
        problems += map(_problem, check_overrides(both, changes, today))
        problems += idle_changes(both, changes)
    except ListMalformed as fault:
        problems.append(_problem(fault))
    # What is said in other words, at the same place: once.
    told = {(one.file, one.line, one.message): one for one in problems}
    return SchoolReport(terms=terms, changes=len(changes), problems=tuple(told.values()))


def _problem(fault: ListMalformed) -> Problem:
    return Problem(file=fault.file, line=fault.line, term=fault.term, rule="school", message=fault.problem)


def _own_lists(folder: Path) -> tuple[KeywordList, ...]:
    own = folder / OWN_LISTS
    if not own.is_dir() and not (folder / OVERRIDES).is_file():
        raise SchoolMissing(str(folder))
    return tuple(load_list(file, root=folder) for file in list_files(own)) if own.is_dir() else ()


def _overrides(folder: Path) -> Overrides:
    file = folder / OVERRIDES
    return load_overrides(file) if file.is_file() else ()


def with_own_lists(supplied: KeywordPack, folder: Path) -> KeywordPack:
    """Give the supplied lists and those of a folder; raise `ListsMissing` and `ListMalformed`."""
    files = list_files(folder)
    if not files:
        raise ListsMissing(str(folder))
    return together(supplied, tuple(load_list(file, root=folder) for file in files))


def together(supplied: KeywordPack, own: tuple[KeywordList, ...]) -> KeywordPack:
    """Put a school's lists beside the supplied ones; raise `ListMalformed` for an id that both have."""
    lists = {one.id: one.file for one in supplied.lists}
    terms = {term.id: one.file for one in supplied.lists for term in one.terms}
    for one in own:
        if one.theme not in supplied.themes:
            problem = f"unknown theme {one.theme!r}; the command `themes` shows every theme"
            raise ListMalformed(one.file, "", one.line, problem)
        if one.id in lists:
            problem = f"a list in {lists[one.id]} has the id {one.id!r}; give this list another"
            raise ListMalformed(one.file, "", one.line, problem)
        lists[one.id] = one.file
        for term in one.terms:
            if term.id in terms:
                problem = f"a term in {terms[term.id]} has this id; give this term another"
                raise ListMalformed(one.file, term.id, term.line, problem)
            terms[term.id] = one.file
    return replace(supplied, lists=(*supplied.lists, *own))


def idle_changes(pack: KeywordPack, overrides: Overrides) -> Iterator[Problem]:
    """Tell of exceptions that excuse nothing: their school would think that they do."""
    bare = replace(pack.knowledge, harmless=(), works=())
    for override in overrides:
        for one in pack.lists if override.exceptions else ():
            for term in one.terms:
                if term.id == override.term:
                    trial = replace(term, exceptions=override.exceptions, anchors=())
                    for message in idle_exceptions(one, trial, bare):
                        yield _problem(override.fault(message))
