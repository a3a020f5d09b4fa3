"""``keys``: the master key, the key ring, and the proof that everything sealed can be opened."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lamplighter_collector.commands.common import ConfigOption, JsonOption, answer, fail, settings
from lamplighter_collector.errors import CollectorError, KeyRingMissing, NeverStarted

if TYPE_CHECKING:
    from lamplighter_collector.config import Config

To = Annotated[Path, typer.Option("--to", help="A folder of mode 700, made where there is none.")]

app = typer.Typer(help="The keys that open what is stored.", no_args_is_help=True)


@app.command()
def show(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """Which master key is in use, in which form, and how many data keys it wraps."""
    from lamplighter_collector.keys import desk  # noqa: PLC0415 - heavy

    with _collector(config) as found:
        state = asdict(desk.show(found))
    if json_:
        typer.echo(json.dumps(state))
    else:
        answer([state], as_json=False)


@app.command()
def rotate(config: ConfigOption) -> None:
    """Make a new master key and wrap every data key with it. What is stored stays as it is."""
    from lamplighter_collector.keys import desk  # noqa: PLC0415 - heavy

    with _collector(config) as found:
        old, new, broken = desk.rotate(found)
    typer.echo(f"The master key is {new}. {old} opens only older copies of this ring; it is kept as retired.")
    if broken:
        typer.echo(
            f"{broken} of the data keys can't be opened and stayed as they were: bring them back from an"
            " older copy of this ring before you forget the retired master key."
        )


@app.command()
def export(config: ConfigOption, to: To) -> None:
    """Write the master key, as it is, into a folder: for a safe, since a sealed one opens here only."""
    from lamplighter_collector.keys import desk  # noqa: PLC0415 - heavy

    with _collector(config) as found:
        master = desk.export(found, to)
    typer.echo(f"{to / f'master-{master}.key'} opens everything. Take it off this machine.")


@app.command("forget-retired")
def forget_retired(config: ConfigOption) -> None:
    """Destroy the files of retired master keys. Copies of the key ring that they wrapped can't be opened."""
    from lamplighter_collector.keys import desk  # noqa: PLC0415 - heavy

    with _collector(config) as found:
        gone = desk.forget_retired(found)
    typer.echo(f"Forgotten: {', '.join(gone) or 'none'}.")


@app.command()
def prove(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """Open every data key and every sealed field, and count. Ends with 1 when any can't be opened."""
    from lamplighter_collector.keys import desk  # noqa: PLC0415 - heavy

    with _collector(config) as found:
        proofs = desk.prove_all(found)
    answer([asdict(proof) for proof in proofs], as_json=json_)
    if any(proof.broken for proof in proofs):
        raise typer.Exit(code=1)


@app.command("new-store")
def new_store(config: ConfigOption) -> None:
    """Begin with an empty store although these keys have served another one. What that held is not in it."""
    from lamplighter_collector.keys import desk  # noqa: PLC0415 - heavy

    try:
        begun = desk.new_store(settings(config))
    except CollectorError as error:
        fail(error)
    typer.echo(
        f"The store {begun.store} begins empty and belongs to these keys; this is on its record."
        f" They have served before: {', '.join(begun.before) or 'none that is noted'}."
    )


@contextmanager
def _collector(path: Path) -> Iterator["Config"]:
    """The settings; a failure ends the program. Where nothing was ever sealed, no key ring is missed."""
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy
    from lamplighter_collector.keys import desk  # noqa: PLC0415 - heavy

    found = started(path)
    try:
        yield found
    except KeyRingMissing as error:
        fail(NeverStarted() if desk.never_sealed(found) else error)
    except CollectorError as error:
        fail(error)
