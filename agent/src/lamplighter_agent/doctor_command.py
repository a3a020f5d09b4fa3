"""`doctor`: every fault of this device, why it matters and what helps. `selfcheck` is its name of before."""

import json

import typer

from lamplighter_agent import config
from lamplighter_agent.doctor.examination import faults
from lamplighter_agent.doctor.fault import Fault
from lamplighter_agent.options import ConfigOption, JsonOption


def doctor(path: ConfigOption = config.DEFAULT_PATH, *, as_json: JsonOption = False) -> None:
    """Look for every fault of this device: what, why it matters, what helps; exit 1 when there is one."""
    found = faults(path)
    if as_json:
        typer.echo(json.dumps([one.as_json() for one in found], indent=1))
    else:
        _print(found)
    raise typer.Exit(1 if found else 0)


def selfcheck(path: ConfigOption = config.DEFAULT_PATH, *, as_json: JsonOption = False) -> None:
    """Do what doctor does, under its name of before; JSON has "ok" and "problems"."""
    found = faults(path)
    if as_json:
        typer.echo(json.dumps({"ok": not found, "problems": [one.as_json() for one in found]}, indent=1))
    else:
        _print(found)
    raise typer.Exit(1 if found else 0)


def _print(found: list[Fault]) -> None:
    for one in found:
        typer.echo(f"{one.what}: {one.reason}")
        typer.echo(f"  why it matters: {one.matters}")
        typer.echo(f"  what helps: {one.remedy}")
    typer.echo(f"{len(found)} things need attention" if found else "nothing is wrong")
