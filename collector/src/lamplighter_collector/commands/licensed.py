"""``licensed``: lists that the organisation holds under licence and that nobody may read."""

import json
from pathlib import Path
from typing import Annotated

import typer

from lamplighter_collector.commands.common import ConfigOption, JsonOption, answer, fail
from lamplighter_collector.errors import CollectorError

app = typer.Typer(help="Lists under licence, whose words are never shown.", no_args_is_help=True)


@app.command("import")
def import_(  # noqa: PLR0913 - one for each option
    config: ConfigOption,
    file: Annotated[Path, typer.Argument(help="UTF-8 text, one term a line; # begins a remark.")],
    id_: Annotated[str, typer.Option("--id", help="What it is called here, such as partner-keywords.")],
    provider: Annotated[str, typer.Option(help="Who gave the licence.")],
    theme: Annotated[str, typer.Option(help="The theme of what it finds, such as csam.")],
    expires: Annotated[str, typer.Option(help="The last day of the licence, such as 2027-03-31.")],
    *,
    severity: Annotated[int, typer.Option(min=2, max=5, help="Of what it finds.")] = 4,
    replace: Annotated[bool, typer.Option("--replace", help="In place of the list of this id.")] = False,
) -> None:
    """Take a list in and publish it. Only digests are kept: destroy FILE, or keep it as the licence says."""
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy
    from lamplighter_collector.licensed import desk  # noqa: PLC0415 - heavy

    order = desk.ImportOrder(
        file=file,
        list_id=id_,
        provider=provider,
        theme=theme,
        severity=severity,
        expires=expires,
        replace=replace,
    )
    try:
        typer.echo(json.dumps(desk.import_list(started(config), order)))
    except CollectorError as error:
        fail(error)


@app.command("list")
def list_(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """Every list: id, provider, number of entries and end of the licence."""
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy
    from lamplighter_collector.licensed import desk  # noqa: PLC0415 - heavy

    try:
        answer(desk.lists(started(config)), as_json=json_)
    except CollectorError as error:
        fail(error)


@app.command()
def remove(config: ConfigOption, id_: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Take a list away from every device and from the store."""
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy
    from lamplighter_collector.licensed import desk  # noqa: PLC0415 - heavy

    try:
        typer.echo(json.dumps(desk.remove_list(started(config), id_)))
    except CollectorError as error:
        fail(error)
