"""``keys``: the master key, the key ring, and the proof that everything sealed can be opened."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from lamplighter_collector.commands.common import ConfigOption, JsonOption, answer, fail, settings
from lamplighter_collector.errors import CollectorError

To = Annotated[Path, typer.Option("--to", help="A folder of mode 700, made where there is none.")]

app = typer.Typer(help="The keys that open what is stored.", no_args_is_help=True)


@app.command()
def show(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """Which master key is in use, in which form, and how many data keys it wraps."""
    from lamplighter_collector.keys import desk  # noqa: PLC0415 - heavy

    try:
        state = asdict(desk.show(settings(config)))
    except CollectorError as error:
        fail(error)
    if json_:
        typer.echo(json.dumps(state))
    else:
        answer([state], as_json=False)


@app.command()
def rotate(config: ConfigOption) -> None:
    """Make a new master key and wrap every data key with it. What is stored stays as it is."""
    from lamplighter_collector.keys import desk  # noqa: PLC0415 - heavy

    try:
        old, new = desk.rotate(settings(config))
    except CollectorError as error:
        fail(error)
    typer.echo(f"The master key is {new}. {old} opens nothing any more; its file is kept as retired.")


@app.command()
def export(config: ConfigOption, to: To) -> None:
    """Write the master key, as it is, into a folder: for a safe, since a sealed one opens here only."""
    from lamplighter_collector.keys import desk  # noqa: PLC0415 - heavy

    try:
        master = desk.export(settings(config), to)
    except CollectorError as error:
        fail(error)
    typer.echo(f"{to / f'master-{master}.key'} opens everything. Take it off this machine.")


@app.command("forget-retired")
def forget_retired(config: ConfigOption) -> None:
    """Destroy the files of retired master keys. Copies of the key ring that they wrapped can't be opened."""
    from lamplighter_collector.keys import desk  # noqa: PLC0415 - heavy

    try:
        gone = desk.forget_retired(settings(config))
    except CollectorError as error:
        fail(error)
    typer.echo(f"Forgotten: {', '.join(gone) or 'none'}.")


@app.command()
def prove(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """Open every data key and every sealed field, and count. Ends with 1 when any can't be opened."""
    from lamplighter_collector.keys import desk  # noqa: PLC0415 - heavy

    try:
        proofs = desk.prove_all(settings(config))
    except CollectorError as error:
        fail(error)
    answer([asdict(proof) for proof in proofs], as_json=json_)
    if any(proof.broken for proof in proofs):
        raise typer.Exit(code=1)
