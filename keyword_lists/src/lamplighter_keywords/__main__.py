"""The command line: match lines of text, check lists, show themes, explain one match.

`match` reads and writes JSON lines and is the project's measuring interface::

    {"id": 1, "source": "typed", "text": "...", "user_kind": "pupil"}
    {"id": 1, "detections": [{"term": "...", "theme": "...", "severity": 3, "span": [0, 4], "lane": "exact"}]}

A line that can't be used is told on stderr by its number and id, never by its text; every other line is
answered, and the command ends with exit code 1.
"""

import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table

from lamplighter_keywords.authoring.commands import (
    JsonOption,
    ListsOption,
    chosen_pack,
    editing,
)
from lamplighter_keywords.authoring.explain import explain
from lamplighter_keywords.authoring.lint import lint_folder
from lamplighter_keywords.authoring.school import load_school
from lamplighter_keywords.authoring.telling import problem_rows
from lamplighter_keywords.errors import KeywordsError, TextMissing
from lamplighter_keywords.matcher import Match, Matcher, gravest
from lamplighter_keywords.shipped import load_compiled, shipped_folder, shipped_knowledge, shipped_themes
from lamplighter_keywords.terms import Source, Theme, UserKind

app = typer.Typer(
    name="lamplighter-keywords",
    help="Keyword lists and the matcher that reads them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(editing)


LONGEST_ID = 64
"""Characters of an id that is named on stderr."""
_ALLOWED = {"source": [one.value for one in Source], "user_kind": [one.value for one in UserKind]}


class LineUnusable(KeywordsError):
    """A line of input is not a question. The message holds nothing of its text."""


def _question(line: bytes) -> tuple[object, str, Source, UserKind]:
    try:
        asked = json.loads(line, parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise LineUnusable("not JSON") from error
    if not isinstance(asked, dict):
        raise LineUnusable("not a JSON object")
    named = _named(asked)
    for key in ("id", "source", "text", "user_kind"):
        if key not in asked:
            raise LineUnusable(f"{named}{key!r} is missing")
    if not isinstance(asked["text"], str):
        raise LineUnusable(f"{named}'text' is not a string")
    for key, allowed in _ALLOWED.items():
        # A list or an object could not be looked for.
        if not isinstance(asked[key], str) or asked[key] not in allowed:
            raise LineUnusable(f"{named}{key!r} is none of {', '.join(allowed)}")
    return asked["id"], asked["text"], Source(asked["source"]), UserKind(asked["user_kind"])


def _not_json(_: str) -> None:
    """Refuse NaN and the infinities, which Python reads and JSON does not know."""
    raise ValueError


def _named(asked: dict[str, object]) -> str:
    """Name a line by its id, if that is a number or short and can be given back."""
    identity = asked.get("id")
    try:
        written = json.dumps(identity, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise LineUnusable("'id' can't be given back as JSON") from error
    return f"id {written}: " if isinstance(identity, int | str) and len(written) <= LONGEST_ID else ""


def answer(lines: Iterable[bytes], out: TextIO, err: TextIO, matcher: Matcher) -> int:
    """Answer each line in its order; give the number of lines that could not be used."""
    unusable = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            identity, text, source, user_kind = _question(line)
        except LineUnusable as fault:
            unusable += 1
            err.write(f"line {number}: {fault}\n")
            continue
        found = gravest(matcher.match(text, source=source, user_kind=user_kind))
        out.write(json.dumps({"id": identity, "detections": [_detection(match) for match in found]}) + "\n")
        out.flush()
    return unusable


def _detection(match: Match) -> dict[str, object]:
    return {
        "term": match.term,
        "theme": match.theme,
        "severity": match.severity,
        "span": [match.start, match.end],
        "lane": match.lane,
    }


@app.command("match")
def match_lines(lists: ListsOption = None) -> None:
    """Match JSON lines from stdin, one answer a line, in the same order."""
    matcher = Matcher(chosen_pack(lists) if lists else load_compiled())
    if answer(sys.stdin.buffer, sys.stdout, sys.stderr, matcher):
        raise typer.Exit(1)


@app.command("lint")
def lint_lists(
    folder: Annotated[Path | None, typer.Argument(help="The lists; the shipped ones by default.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check lists; exit code 1 if anything is wrong."""
    folder = folder or shipped_folder() / "lists"
    report = lint_folder(folder, shipped_themes(), shipped_knowledge())
    counts = {"lists": report.lists, "terms": report.terms, "entries": dict(report.entries)}
    if as_json:
        typer.echo(json.dumps({**counts, "problems": problem_rows(report.problems)}))
    else:
        for problem in report.problems:
            typer.echo(str(problem))
        entries = ", ".join(f"{language} {count}" for language, count in report.entries.items())
        typer.echo(f"entries with different content words: {entries}")
        typer.echo(f"{report.lists} lists, {report.terms} terms, {len(report.problems)} problems")
    if report.problems:
        raise typer.Exit(1)


@app.command("themes")
def show_themes(*, as_json: JsonOption = False) -> None:
    """Show every theme."""
    themes = shipped_themes().values()
    if as_json:
        rows = [
            {
                "slug": one.slug,
                "code": one.code,
                "name": one.name,
                "risk_area": one.risk_area.value if one.risk_area else None,
                "definition": one.definition,
                "base_severity": one.base_severity,
                "core": one.core,
                "route": one.route,
                "first_steps": list(one.first_steps),
            }
            for one in themes
        ]
        typer.echo(json.dumps(rows))
        return
    # A name is typed into a list: it is never cut, however narrow the terminal is.
    whole = [Column(name, no_wrap=True, min_width=width) for name, width in _widths(themes).items()]
    table = Table(*whole, Column("What it is", overflow="fold"), box=SIMPLE, padding=(0, 1, 0, 0))
    for one in themes:
        table.add_row(*_cells(one), one.definition)
    Console().print(table)


def _cells(theme: Theme) -> tuple[str, ...]:
    area = theme.risk_area.value if theme.risk_area else "-"
    return theme.slug, theme.code, area, str(theme.base_severity), "core" if theme.core else ""


def _widths(themes: Iterable[Theme]) -> dict[str, int]:
    names = ("Theme", "Code", "Area", "Base", "Core")
    columns = zip(names, *map(_cells, themes), strict=True)
    return {name: max(map(len, (name, *cells))) for name, *cells in columns}


@app.command("explain")
def explain_text(
    text: Annotated[str, typer.Option("--text", help="The text to look at.")],
    source: Annotated[Source, typer.Option(help="How it came.")] = Source.TYPED,
    user_kind: Annotated[UserKind, typer.Option(help="Whose session.")] = UserKind.PUPIL,
    lists: ListsOption = None,
    *,
    school: Annotated[
        Path | None, typer.Option("--school", help="A school's folder: its own lists and overrides.toml.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show step by step what is found in a text, what is left out, and how each severity came about."""
    if not text.strip():
        raise TextMissing
    pack = chosen_pack(lists)
    theirs = load_school(school, pack, datetime.now(UTC).date()) if school is not None else None
    told = explain(theirs or pack, text, source=source, user_kind=user_kind)
    if not as_json:
        for step in told.steps:
            typer.echo(step)
        return
    detections = [
        {
            **_detection(one.match),
            "list": one.match.list_id,
            "list_version": one.match.list_version,
            "edits": one.match.edits,
            "speaker_reviewed": one.match.speaker_reviewed,
            "addends": [list(step) for step in one.match.addends],
        }
        for one in told.detections
    ]
    typer.echo(json.dumps({"steps": told.steps, "detections": detections}))


def main() -> None:
    """Run the command line; an error of ours is one line on stderr and exit code 2."""
    with suppress(BrokenPipeError):
        try:
            app()
        except KeywordsError as fault:
            sys.stderr.write(f"{fault}\n")
            sys.exit(2)


if __name__ == "__main__":
    main()
