"""Verbs for whoever keeps the lists: bring a library in, write one, try a school's own changes."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer

from lamplighter_keywords.authoring.bringing import Bringing, bring, look_ahead, write
from lamplighter_keywords.authoring.lint import Problem
from lamplighter_keywords.authoring.loading import load_folder
from lamplighter_keywords.authoring.overrides import Overrides, check_overrides, lapsed, load_overrides
from lamplighter_keywords.authoring.school import RULE, check_school, faulty_exceptions
from lamplighter_keywords.authoring.senso import library_text
from lamplighter_keywords.errors import ListMalformed, ThemeUnknown
from lamplighter_keywords.shipped import load_shipped, shipped_knowledge, shipped_themes
from lamplighter_keywords.terms import KeywordPack

# What lint asks of every term that comes from elsewhere, and only a person can write.
_YET_TO_WRITE = frozenset({"note", "tests"})
_LACKING = " is missing: "
_WHAT_THEY_ARE = (
    "a note says why it is here, a hit is a sentence that must match, "
    "a miss one with a word of the term that must not"
)
MOST_TYPES = 5

editing = typer.Typer()

ListsOption = Annotated[
    Path | None, typer.Option("--lists", help="A folder of lists to use in place of the shipped ones.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout, for programs.")]


def chosen_pack(lists: Path | None) -> KeywordPack:
    """Load the lists of `--lists`, or the shipped ones."""
    if lists:
        return load_folder(lists, shipped_themes(), shipped_knowledge())
    say_reading(sys.stderr)
    return load_shipped()


def say_reading(err: TextIO) -> None:
    """Tell a person who waits that it has begun: reading the supplied lists may take a minute."""
    if err.isatty():
        err.write("reading the lists ...\n")
        err.flush()


@editing.command("import-library")
def import_library(
    library: Annotated[Path, typer.Argument(help="A CSV file in the columns of a Senso library.")],
    theme: Annotated[str, typer.Option(help="The theme its phrases belong to.")],
    into: Annotated[Path, typer.Option(help="The folder of your own lists.")],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make or add to a list from a library of another product; exit code 1 if a row was rejected."""
    themes = shipped_themes()
    if theme not in themes:
        raise ThemeUnknown(theme, themes)
    bringing = bring(
        library, theme=themes[theme], themes=themes.values(), folder=into, today=datetime.now(UTC).date()
    )
    problems = look_ahead(bringing, themes, shipped_knowledge())
    if not dry_run:
        write(bringing)
    if as_json:
        typer.echo(json.dumps(_told(bringing, problems, written=not dry_run)))
    else:
        typer.echo("\n".join(_read(bringing, problems, dry_run=dry_run)))
    if bringing.rejected:
        raise typer.Exit(1)


@editing.command("export-library")
def export_library(lists: ListsOption = None) -> None:
    """Write the lists as CSV in the columns of a Senso library, to stdout."""
    pack = chosen_pack(lists)
    # The text has the line ends of CSV already, on every system.
    sys.stdout.buffer.write(library_text(pack).encode())


@editing.command("check-overrides")
def check(
    file: Annotated[Path, typer.Argument(help="The school's own changes.")],
    lists: ListsOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check a school's own changes against the lists; exit code 1 if anything is wrong."""
    pack, today = chosen_pack(lists), datetime.now(UTC).date()
    changes: Overrides = ()
    try:
        changes = load_overrides(file)
        faults = list(check_overrides(pack, changes, today))
    except ListMalformed as malformed:
        faults = list(malformed.every)
    ended = [Problem.of(one, RULE) for one in lapsed(changes, today)]
    running = [one for one in changes if not one.is_over(today)]
    problems = [*(Problem.of(one, RULE) for one in faults), *faulty_exceptions(pack, running)]
    counts = {"overrides": len(changes)}
    _tell(counts, problems, ended, _count(len(changes), "change"), as_json=as_json)


@editing.command("check-school")
def check_one_school(
    folder: Annotated[Path, typer.Argument(help="The school's folder: its own lists and overrides.toml.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Check a school's own lists and changes, beside the supplied lists; exit code 1 if anything is wrong."""
    report = check_school(folder, chosen_pack(None), datetime.now(UTC).date())
    counts = {"terms": report.terms, "changes": report.changes}
    said = f"{_count(report.terms, 'term')} of your own, {_count(report.changes, 'change')}"
    _tell(counts, report.problems, report.ended, said, as_json=as_json)


def _tell(
    counts: Mapping[str, int],
    problems: Sequence[Problem],
    ended: Sequence[Problem],
    said: str,
    *,
    as_json: bool,
) -> None:
    """Print what a check found; exit code 1 if anything is wrong. A change that has ended is none."""
    if as_json:
        typer.echo(json.dumps({**counts, "problems": problem_rows(problems), "ended": problem_rows(ended)}))
    else:
        lines = by_term(problems)
        for one in (*lines, *ended):
            typer.echo(str(one))
        over = f" ({len(ended)} ended)" if ended else ""
        typer.echo(f"{said}{over}, {_count(len(lines), 'problem')}")
    if problems:
        raise typer.Exit(1)


def by_term(problems: Sequence[Problem]) -> list[Problem]:
    """Tell in one line what only a person can write and a term lacks: after an import, nearly all do."""
    lacks: dict[tuple[str, int, str], list[str]] = {}
    for one in problems:
        if _is_lacking(one):
            name = one.message.partition(_LACKING)[0].removeprefix("a ")
            lacks.setdefault((one.file, one.line, one.term), []).append(name)
    lines = []
    for one in problems:
        names = lacks.get((one.file, one.line, one.term), []) if _is_lacking(one) else []
        if len(names) > 1:
            lacks.pop((one.file, one.line, one.term))
            message = f"{', '.join(names)} are missing: {_WHAT_THEY_ARE}"
            lines.append(replace(one, message=message))
        elif not _is_lacking(one) or names:
            lines.append(one)
    return lines


def _is_lacking(one: Problem) -> bool:
    return one.rule in _YET_TO_WRITE and _LACKING in one.message


def _told(bringing: Bringing, problems: Sequence[Problem], *, written: bool) -> dict[str, object]:
    return {
        "file": bringing.file.name,
        "written": written,
        "adds": list(bringing.added),
        "changes": list(bringing.changed),
        "keeps": bringing.kept,
        "gone": list(bringing.gone),
        "rejects": [
            {"line": one.line, "phrase": one.phrase, "reason": one.reason} for one in bringing.rejected
        ],
        "problems": problem_rows(problems),
    }


def problem_rows(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """Give problems as `--json` shows them."""
    return [
        {"file": one.file, "line": one.line, "term": one.term, "rule": one.rule, "message": one.message}
        for one in problems
    ]


def _read(bringing: Bringing, problems: Sequence[Problem], *, dry_run: bool) -> Iterator[str]:
    for term in bringing.added:
        yield f"adds {term}"
    for term, what in bringing.changed.items():
        yield f"changes {term}: {', '.join(what)}"
    for term in bringing.gone:
        yield f"no longer in the file; still listed: {term}"
    for one in bringing.rejected:
        yield f"rejects row {one.line} ({one.phrase!r}): {one.reason}"
    if len(bringing.types) > 1:
        yield f"rows of {len(bringing.types)} Types go into this one theme: {_some(bringing.types)}"
    bare = {one.term for one in problems if one.rule in _YET_TO_WRITE}
    if bare:
        yield f"check-school will ask for a note and tests: still missing in {_count(len(bare), 'term')}"
    yield from (f"look at {one}" for one in problems if one.rule not in _YET_TO_WRITE)
    counts = f"{len(bringing.added)} added, {len(bringing.changed)} changed, {bringing.kept} kept as they are"
    done = "nothing written (--dry-run)" if dry_run else f"written to {bringing.file.name}"
    yield f"{counts}, {len(bringing.rejected)} rejected; {done}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_TYPES} more" if len(names) > MOST_TYPES else ""
    return ", ".join(names[:MOST_TYPES]) + more
