"""Verbs for whoever keeps the lists: bring a library in, write one, try a school's own changes."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from lamplighter_keywords.authoring.bringing import Bringing, bring, write
from lamplighter_keywords.authoring.loading import load_folder
from lamplighter_keywords.authoring.overrides import check_overrides, load_overrides
from lamplighter_keywords.authoring.school import check_school
from lamplighter_keywords.authoring.senso import library_text
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
    return load_folder(lists, shipped_themes(), shipped_knowledge()) if lists else load_shipped()


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
    """Make a list of a library of another product; exit code 1 if a row was rejected."""
    themes = shipped_themes()
    if theme not in themes:
        raise ThemeUnknown(theme)
    bringing = bring(library, theme=themes[theme], folder=into, today=datetime.now(UTC).date())
    if not dry_run:
        write(bringing)
    typer.echo(
        json.dumps(_told(bringing, written=not dry_run)) if as_json else _read(bringing, dry_run=dry_run)
    )
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
    pack = chosen_pack(lists)
    overrides = load_overrides(file)
    faults = list(check_overrides(pack, overrides, datetime.now(UTC).date()))
    if as_json:
        rows = [{"line": one.line, "term": one.term, "message": one.problem} for one in faults]
        typer.echo(json.dumps({"overrides": len(overrides), "problems": rows}))
    else:
        for fault in faults:
            typer.echo(str(fault))
        typer.echo(f"{len(overrides)} changes, {len(faults)} problems")
    if faults:
        raise typer.Exit(1)


@editing.command("check-school")
def check_one_school(
    folder: Annotated[Path, typer.Argument(help="The school's folder: its own lists and overrides.toml.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Check a school's own lists and changes, beside the supplied lists; exit code 1 if anything is wrong."""
    report = check_school(folder, load_shipped(), datetime.now(UTC).date())
    if as_json:
        rows = [
            {"file": one.file, "line": one.line, "term": one.term, "message": one.message}
            for one in report.problems
        ]
        typer.echo(json.dumps({"terms": report.terms, "changes": report.changes, "problems": rows}))
    else:
        for problem in report.problems:
            typer.echo(str(problem))
        typer.echo(
            f"{report.terms} terms of your own, {report.changes} changes, {len(report.problems)} problems"
        )
    if report.problems:
        raise typer.Exit(1)


def _told(bringing: Bringing, *, written: bool) -> dict[str, object]:
    return {
        "file": bringing.file.name,
        "written": written,
        "adds": list(bringing.added),
        "changes": list(bringing.changed),
        "removes": list(bringing.removed),
        "rejects": [{"line": one.line, "reason": one.reason} for one in bringing.rejected],
    }


def _read(bringing: Bringing, *, dry_run: bool) -> str:
    lines = [
        f"{word} {term}"
        for word, terms in (
            ("adds", bringing.added),
            ("changes", bringing.changed),
            ("removes", bringing.removed),
        )
        for term in terms
    ]
    lines += [f"rejects line {one.line}: {one.reason}" for one in bringing.rejected]
    counts = f"{len(bringing.added)} added, {len(bringing.changed)} changed, {len(bringing.removed)} removed"
    done = "nothing written (--dry-run)" if dry_run else f"written to {bringing.file.name}"
    return "\n".join([*lines, f"{counts}, {len(bringing.rejected)} rejected; {done}"])
