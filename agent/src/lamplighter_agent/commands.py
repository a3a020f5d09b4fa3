"""The command line for people. Never loaded by the two long-running processes.

`service` and `session` stand here so that `--help` names them; `__main__` takes them before this is loaded.
"""

import json
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from lamplighter_agent import (
    capabilities_command,
    check,
    config,
    dialog_command,
    doctor_command,
    enrol_command,
    erase_command,
    pending_command,
    service_command,
    session_command,
    status,
    top_command,
)
from lamplighter_agent.errors import LamplighterError
from lamplighter_agent.media.summary import summary
from lamplighter_agent.options import ConfigOption, JsonOption

# Typer's boxes call each switch "<bool>", though none takes a value.
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The Lamplighter agent of this device.",
)


@app.command()
def service(
    path: ConfigOption = config.DEFAULT_PATH,
    receipts: Annotated[
        str, typer.Option("--receipts-fd", help="Diagnostic: write each id that is safe to this descriptor.")
    ] = "",
) -> None:
    """Run the service. The installer's unit starts it."""
    told = ["--config", str(path), *(["--receipts-fd", receipts] if receipts else [])]
    raise typer.Exit(service_command.main(told))


@app.command(hidden=True)
def session(
    socket: Annotated[str, typer.Option(help="The service's socket.")],
    organisation: Annotated[str, typer.Option(help="Whose device this is.")],
) -> None:
    """Run the session helper. Only the service starts it."""
    raise typer.Exit(session_command.main(["--socket", socket, "--organisation", organisation]))


@app.command(hidden=True)
def dialog() -> None:
    """Show one dialog. Only the service starts it."""
    raise typer.Exit(dialog_command.main([]))


@app.command("status")
def show_status(path: ConfigOption = config.DEFAULT_PATH, *, as_json: JsonOption = False) -> None:
    """Show each sensor, the process boundary, the hardening, the spool and the link to the collector."""
    settings = config.load(path)
    found = status.read(settings.status_file)
    content = check.probe(settings) if found is None else found | {"running": True}
    if as_json:
        typer.echo(json.dumps(content, indent=1, sort_keys=True))
    else:
        _print(content)


app.command("enrol")(enrol_command.command)
app.command("enrol-later")(pending_command.later)
app.command("enrol-left", hidden=True)(pending_command.command)
app.command("erase")(erase_command.command)
app.command("top")(top_command.command)
app.command("capabilities")(capabilities_command.command)
app.command("doctor")(doctor_command.doctor)
app.command("selfcheck")(doctor_command.selfcheck)


def main() -> int:
    """Run a verb; an error of ours is one line and exit code 2."""
    try:
        app(standalone_mode=True)
    except LamplighterError as error:
        sys.stderr.write(f"lamplighter-agent: {error}\n")
        return 2
    return 0


def worded(content: Mapping[str, Any]) -> str:
    """Say figures in words, by name, with what is inside one of them behind it in brackets."""
    return ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in sorted(content.items()))


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return f"({worded(value)})" if value else "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None or value == "" else str(value)


def _print(content: dict[str, Any]) -> None:
    console = Console()
    console.print("running" if content["running"] else "the service does not run; nothing is sensed")
    console.print(content["not_enrolled"] or f"enrolled with {content['organisation']}")
    console.print(f"process boundary: {content['boundary']['detail']}")
    nothing = "nothing yet" if content["running"] else "told by a running service"
    for about in ("enrolment", "hardening", "bundle", "lists", "spool", "collector", "losses"):
        console.print(f"{about}: {worded(content[about]) or nothing}", markup=False)
    for line in summary(content["media"]) or [nothing]:
        console.print(f"portable media: {line}", markup=False)
    for found in content["sessions"]:
        shown = "shown" if found["indicator_shown"] else f"not shown: {found['indicator_reason']}"
        before = f" (the one before: {found['last_end']})" if found["last_end"] else ""
        table = Table(
            title=f"session {found['display']}, helper {found['helper']}{before}, indicator {shown}"
        )
        for column in ("sensor", "works", "backend", "reason", "remedy"):
            table.add_column(column)
        for sensor in found["sensors"]:
            works = "yes" if sensor["working"] else "no"
            table.add_row(sensor["sensor"], works, sensor["backend"], sensor["reason"], sensor["remedy"])
        console.print(table)
