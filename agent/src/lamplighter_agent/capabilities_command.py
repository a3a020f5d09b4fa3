"""`capabilities`: what this device lets us see, and why not the rest."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import typer
from rich.console import Console
from rich.table import Table

from lamplighter_agent import check, config, status
from lamplighter_agent.capabilities import Capability, capabilities
from lamplighter_agent.options import ConfigOption, JsonOption


def command(
    path: ConfigOption = config.DEFAULT_PATH,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show what this device lets us see: each sensor and session, by what, and why not."""
    settings = config.load(path)
    found = capabilities(status.read(settings.status_file) or check.probe(settings))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=1))
    else:
        Console().print(table(found))


def table(found: Sequence[Capability]) -> Table:
    """Return a row for each."""
    shown = Table(title="what this device lets us see")
    for column in ("what", "session", "works", "by", "reason", "remedy"):
        shown.add_column(column)
    for one in found:
        works = "yes" if one.works else "no"
        shown.add_row(one.name, one.session, works, one.backend, one.reason, one.remedy)
    return shown
