"""``audit``: who looked at what and who decided what, and whether that record is whole."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from lamplighter_collector.commands.common import ConfigOption, JsonOption, answer, fail
from lamplighter_collector.errors import CollectorError

app = typer.Typer(help="The record of who did what.", no_args_is_help=True)

Open = Annotated[bool, typer.Option("--open", help="With the reasons people gave. This is recorded.")]


@app.command()
def verify(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """Follow the chain from the first row to the last. Ends with 1 and names the first row that is wrong."""
    from lamplighter_collector.audit import desk  # noqa: PLC0415 - heavy
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy

    try:
        finding = desk.verify_trail(started(config))
    except CollectorError as error:
        fail(error)
    if json_:
        typer.echo(json.dumps(asdict(finding)))
    elif finding.bad is None:
        typer.echo(f"{finding.rows} rows, none was changed.")
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
