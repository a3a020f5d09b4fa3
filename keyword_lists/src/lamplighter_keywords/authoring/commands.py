"""Verbs for whoever keeps the lists: bring a library in, write one, try a school's own changes."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer

from lamplighter_keywords.authoring.bringing import bring, look_ahead, write
from lamplighter_keywords.authoring.loading import load_folder
from lamplighter_keywords.authoring.overrides import load_overrides
from lamplighter_keywords.authoring.school import SchoolReport, check_changes, check_school
from lamplighter_keywords.authoring.senso import library_text
from lamplighter_keywords.authoring.telling import (
    by_term,
    count,
    import_as_json,
    import_as_lines,
    problem_rows,
)
from lamplighter_keywords.errors import ThemeUnknown
from lamplighter_keywords.shipped import load_shipped, shipped_knowledge, shipped_themes
from lamplighter_keywords.terms import KeywordPack

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
        typer.echo(json.dumps(import_as_json(bringing, problems, written=not dry_run)))
    else:
        typer.echo("\n".join(import_as_lines(bringing, problems, dry_run=dry_run)))
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
    report = check_changes(lambda: load_overrides(file), chosen_pack(lists), datetime.now(UTC).date())
    said = count(report.changes, "change")
    _tell({"overrides": report.changes}, report, said, as_json=as_json)


@editing.command("check-school")
def check_one_school(
    folder: Annotated[Path, typer.Argument(help="The school's folder: its own lists and overrides.toml.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Check a school's own lists and changes, beside the supplied lists; exit code 1 if anything is wrong."""
    report = check_school(folder, chosen_pack(None), datetime.now(UTC).date())
    counts = {"terms": report.terms, "changes": report.changes}
    said = f"{count(report.terms, 'term')} of your own, {count(report.changes, 'change')}"
    _tell(counts, report, said, as_json=as_json)


def _tell(counts: Mapping[str, int], report: SchoolReport, said: str, *, as_json: bool) -> None:
    """Print what a check found; exit code 1 if anything is wrong. A change that has ended is none."""
    if as_json:
        found = {"problems": problem_rows(report.problems), "ended": problem_rows(report.ended)}
        typer.echo(json.dumps({**counts, **found}))
    else:
        lines = by_term(report.problems)
        for one in (*lines, *report.ended):
            typer.echo(str(one))
        over = f" ({len(report.ended)} ended)" if report.ended else ""
        typer.echo(f"{said}{over}, {count(len(lines), 'problem')}")
    if report.problems:
        raise typer.Exit(1)
