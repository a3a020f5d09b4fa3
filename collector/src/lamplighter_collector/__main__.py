"""Command line of the collector: ``serve``, ``migrate``, ``incidents``, ``detections``, ``losses``.

What is heavy is imported by the verb that needs it. Standard output is for answers, standard error for the
log.
"""

import asyncio
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from lamplighter_collector.config import Config, load
from lamplighter_collector.errors import CollectorError

if TYPE_CHECKING:
    from lamplighter_collector.service import Ready

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
ConfigOption = Annotated[Path, typer.Option("--config", help="The settings file (TOML).")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as one JSON list.")]


@app.command()
def serve(config: ConfigOption) -> None:
    """Receive detections and show the queue, until SIGTERM or SIGINT. Prints one JSON line when ready."""
    from lamplighter_collector import logs, service  # noqa: PLC0415 - heavy

    logs.configure()
    settings = _settings(config)
    try:
        asyncio.run(service.serve(settings, announce=_announce))
    except CollectorError as error:
        _fail(error)


@app.command("migrate")
def migrate_store(config: ConfigOption) -> None:
    """Bring the store to the schema of this version."""
    from lamplighter_collector.db.engine import writing_engine  # noqa: PLC0415 - heavy
    from lamplighter_collector.db.migrate import migrate  # noqa: PLC0415 - heavy

    settings = _settings(config)
    try:
        engine = writing_engine(settings.store_url)
        typer.echo(f"The store is at {migrate(engine)}.")
        engine.dispose()
    except CollectorError as error:
        _fail(error)


@app.command()
def incidents(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """What is in the queue of the DSL: ids and counts, never words."""
    from lamplighter_collector.review.reports import list_incidents  # noqa: PLC0415 - heavy

    settings = _settings(config)
    _print(list_incidents(settings.store_url, settings.organisation), as_json=json_)


@app.command()
def detections(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """What devices delivered: ids, terms and severities, never words."""
    from lamplighter_collector.review.reports import list_detections  # noqa: PLC0415 - heavy

    settings = _settings(config)
    _print(list_detections(settings.store_url, settings.organisation), as_json=json_)


@app.command()
def losses(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """What devices dropped or could not see, as they reported it."""
    from lamplighter_collector.review.reports import list_losses  # noqa: PLC0415 - heavy

    settings = _settings(config)
    _print(list_losses(settings.store_url, settings.organisation), as_json=json_)


def main() -> None:
    app()


def _announce(ready: "Ready") -> None:
    typer.echo(json.dumps({"ingest": str(ready.ingest), "web": f"http://{ready.web}/"}))
    sys.stdout.flush()


def _settings(path: Path) -> Config:
    try:
        return load(path)
    except CollectorError as error:
        _fail(error)


def _fail(error: CollectorError) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(code=2)


def _print(records: Iterable[Mapping[str, object]], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(list(records)))
        return
    for record in records:
        typer.echo("  ".join(f"{key} {value}" for key, value in record.items()))


if __name__ == "__main__":
    main()
