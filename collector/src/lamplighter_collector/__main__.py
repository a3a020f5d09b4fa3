"""Command line of the collector: ``serve``, ``migrate``, read verbs, and the groups of verbs in `commands`.

What is heavy is imported by the verb that needs it. Standard output is for answers, standard error for the
log.
"""

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from lamplighter_collector import logs
from lamplighter_collector.commands import accounts, audit, bundles, devices, keys, licensed, media, tokens
from lamplighter_collector.commands.backup import backup
from lamplighter_collector.commands.common import ConfigOption, JsonOption, answer, fail, settings
from lamplighter_collector.commands.letter import letter
from lamplighter_collector.commands.setup import setup
from lamplighter_collector.commands.status import status
from lamplighter_collector.errors import CollectorError

if TYPE_CHECKING:
    from lamplighter_collector.service import Ready

Open = Annotated[
    bool, typer.Option("--open", help="With terms, and themes of every audience. This is recorded.")
]
app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(accounts.app, name="accounts")
app.add_typer(bundles.app, name="bundles")
app.add_typer(devices.app, name="devices")
app.add_typer(tokens.app, name="tokens")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(licensed.app, name="licensed")
app.add_typer(media.app, name="media")
app.command("setup")(setup)
app.command("status")(status)
app.command("backup")(backup)
app.command("letter")(letter)


@app.command()
def serve(config: ConfigOption) -> None:
    """Receive detections and show the queue, until SIGTERM or SIGINT. Prints one JSON line when ready."""
    from lamplighter_collector import service  # noqa: PLC0415 - heavy

    found = settings(config)
    try:
        asyncio.run(service.serve(found, announce=_announce))
    except CollectorError as error:
        fail(error)


@app.command("migrate")
def migrate_store(config: ConfigOption) -> None:
    """Bring the store to the schema of this version."""
    from lamplighter_collector.db.engine import writing_engine  # noqa: PLC0415 - heavy
    from lamplighter_collector.db.migrate import migrate  # noqa: PLC0415 - heavy

    found = settings(config)
    try:
        engine = writing_engine(found.store_url)
        typer.echo(f"The store is at {migrate(engine)}.")
        engine.dispose()
    except CollectorError as error:
        fail(error)


@app.command()
def incidents(config: ConfigOption, *, open_: Open = False, json_: JsonOption = False) -> None:
    """Every incident: ids and counts, never words."""
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy
    from lamplighter_collector.review.reports import list_incidents  # noqa: PLC0415 - heavy

    found = started(config)
    answer(list_incidents(found, opened=open_), as_json=json_)


@app.command()
def detections(config: ConfigOption, *, open_: Open = False, json_: JsonOption = False) -> None:
    """What devices delivered: ids and severities, never words."""
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy
    from lamplighter_collector.review.reports import list_detections  # noqa: PLC0415 - heavy

    found = started(config)
    answer(list_detections(found, opened=open_), as_json=json_)


@app.command()
def losses(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """What devices dropped or could not see, as they reported it."""
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy
    from lamplighter_collector.review.reports import list_losses  # noqa: PLC0415 - heavy

    found = started(config)
    answer(list_losses(found), as_json=json_)


def main() -> None:
    # Before any verb: what the log says must not stand among its answers.
    logs.configure()
    try:
        app()
    except CollectorError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)


def _announce(ready: "Ready") -> None:
    typer.echo(json.dumps(ready.addresses() | {"web": f"{ready.scheme}://{ready.web}/"}))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
