"""`top`: what the agent costs this device, process by process."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from lamplighter_agent import config, status
from lamplighter_agent.cost import Cost, costs, processes_of
from lamplighter_agent.options import ConfigOption

_SECONDS = 2.0


def command(
    path: ConfigOption = config.DEFAULT_PATH,
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="How long each look takes.")] = _SECONDS,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, once.")] = False,
) -> None:
    """Show what the agent costs: CPU, memory, wake-ups and threads. On a terminal until Ctrl-C, else once."""
    found = status.read(config.load(path).status_file)
    if found is None:
        typer.echo("the service does not run", err=True)
        raise typer.Exit(1)
    service = int(found["pid"])
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in costs(processes_of(service), seconds)], indent=1))
        return
    if not sys.stdout.isatty():
        Console().print(table(costs(processes_of(service), seconds)))
        return
    try:
        with Live(table(())) as live:
            while processes := processes_of(service):
                live.update(table(costs(processes, seconds)))
    except KeyboardInterrupt:
        return


def table(found: Sequence[Cost]) -> Table:
    """Return the figures, with their sum below."""
    shown = Table(title="what Lamplighter costs this device", show_footer=bool(found))
    cpu = sum(one.cpu_percent for one in found)
    memory = [one.pss_mb for one in found if one.pss_mb is not None]
    shown.add_column("process", footer="together")
    shown.add_column("pid")
    shown.add_column("CPU, % of a core", footer=f"{cpu:.2f}", justify="right")
    shown.add_column("memory (PSS), MB", footer=f"{sum(memory):.1f}" if memory else "", justify="right")
    own, others = (sum(one.wakeups_per_s for one in found), sum(one.other_wakeups_per_s for one in found))
    shown.add_column("wake-ups a second", footer=f"{own:.2f}", justify="right")
    shown.add_column("of gRPC's threads", footer=f"{others:.2f}", justify="right")
    shown.add_column("threads", footer=str(sum(one.threads for one in found)), justify="right")
    for one in found:
        pss = "for root only" if one.pss_mb is None else f"{one.pss_mb:.1f}"
        wakeups = (f"{one.wakeups_per_s:.2f}", f"{one.other_wakeups_per_s:.2f}")
        shown.add_row(one.process, str(one.pid), f"{one.cpu_percent:.2f}", pss, *wakeups, str(one.threads))
    return shown
