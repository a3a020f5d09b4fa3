"""``audit``: who looked at what and who decided what, and whether that record is whole."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from lamplighter_collector.commands.common import ConfigOption, JsonOption, answer, fail
from lamplighter_collector.errors import CollectorError, ConfigError

if TYPE_CHECKING:
    from lamplighter_collector.audit.chain import Anchor

app = typer.Typer(help="The record of who did what.", no_args_is_help=True)

Since = Annotated[
    str, typer.Option("--since", metavar="NUMBER:HASH", help="A row that was noted: it must still be there.")
]
Open = Annotated[bool, typer.Option("--open", help="With the reasons people gave. This is recorded.")]


@app.command()
def verify(config: ConfigOption, *, since: Since = "", json_: JsonOption = False) -> None:
    """Follow the chain from the first row to the last. Ends with 1 and names the first row that is wrong.

    Note the last row's number and hash somewhere else: --since finds out later whether it is still there.
    """
    from lamplighter_collector.audit import desk  # noqa: PLC0415 - heavy
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy

    try:
        finding = desk.verify_trail(started(config), _noted(since))
    except CollectorError as error:
        fail(error)
    if json_:
        typer.echo(json.dumps(asdict(finding)))
    elif finding.bad is None:
        typer.echo(f"{finding.rows} rows, none was changed.")
        if finding.rows:
            typer.echo(f"The last is {finding.rows}:{finding.hash}. Note it somewhere else, for --since.")
    else:
        typer.echo(f"Row {finding.bad} {finding.problem}. The {finding.rows} rows before it are sound.")
    if finding.bad is not None:
        raise typer.Exit(code=1)


@app.command("list")
def list_(config: ConfigOption, *, open_: Open = False, json_: JsonOption = False) -> None:
    """Every row, oldest first. Reasons stay sealed unless asked for."""
    from lamplighter_collector.audit import desk  # noqa: PLC0415 - heavy
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy

    found = started(config)
    try:
        answer(desk.open_trail(found) if open_ else desk.list_trail(found), as_json=json_)
    except CollectorError as error:
        fail(error)


def _noted(text: str) -> "Anchor | None":
    from lamplighter_collector.audit.chain import anchor_from  # noqa: PLC0415 - heavy

    anchor = anchor_from(text)
    if text and anchor is None:
        raise ConfigError("--since", "a number, a colon and at least 16 characters of the hash")
    return anchor
