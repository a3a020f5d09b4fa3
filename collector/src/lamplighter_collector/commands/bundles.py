"""``bundles``: what devices look for and how, signed and published; and the keys that they trust."""

import json
from pathlib import Path
from typing import Annotated

import typer

from lamplighter_collector.commands.common import ConfigOption, JsonOption, answer, fail, settings
from lamplighter_collector.errors import CollectorError, ConfigError

app = typer.Typer(help="Signed lists and policy for devices.", no_args_is_help=True)

FOREVER = 3_650


@app.command()
def publish(
    config: ConfigOption,
    *,
    policy: Annotated[Path | None, typer.Option("--policy", help="A device policy (TOML).")] = None,
    lists: Annotated[
        Path | None, typer.Option("--lists", help="A folder of keyword lists, in place of all others.")
    ] = None,
    shipped_lists: Annotated[
        bool,
        typer.Option(
            "--shipped-lists",
            help="The lists of this version; with --lists, those of the folder beside them.",
        ),
    ] = False,
    overrides: Annotated[
        Path | None,
        typer.Option(
            "--overrides", help="The school's own changes of the lists (TOML); an empty file ends them."
        ),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=FOREVER, help="How long it is in date.")] = 180,
) -> None:
    """Publish a new version; what is not given stays as it is. Devices that are connected get it at once."""
    from lamplighter_collector.bundles import desk  # noqa: PLC0415 - heavy

    found = settings(config)
    try:
        order = desk.Order(
            lists=lists,
            shipped_lists=shipped_lists,
            policy=policy,
            days=days,
            overrides=overrides,
        )
        typer.echo(json.dumps(desk.publish(found, order)))
    except CollectorError as error:
        fail(error)


@app.command("list")
def list_(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """Every version that was published."""
    from lamplighter_collector.bundles import desk  # noqa: PLC0415 - heavy
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy

    try:
        answer(desk.versions(started(config)), as_json=json_)
    except CollectorError as error:
        fail(error)


@app.command()
def show(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """What the newest version says, verified; and which keys are on this machine."""
    from lamplighter_collector.bundles import desk  # noqa: PLC0415 - heavy
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy

    try:
        found = desk.newest(started(config))
    except CollectorError as error:
        fail(error)
    typer.echo(json.dumps(found, indent=None if json_ else 2, ensure_ascii=False))


@app.command("rotate-root")
def rotate_root(
    config: ConfigOption,
    *,
    drop: Annotated[
        list[str] | None,
        typer.Option("--drop-signing-key", help="The id of a signing key; all of them by default."),
    ] = None,
    root_key: Annotated[
        list[Path] | None, typer.Option("--root-key", help="A root key that was kept elsewhere.")
    ] = None,
    new_root_keys: Annotated[
        bool, typer.Option("--new-root-keys", help="Replace the root keys, too.")
    ] = False,
) -> None:
    """Make a new signing key and drop the old: what the old signs from now on is refused by devices."""
    from lamplighter_collector.bundles import desk  # noqa: PLC0415 - heavy
    from lamplighter_collector.bundles.services import Rotation  # noqa: PLC0415 - heavy
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy

    rotation = Rotation(drop=tuple(drop or ()), new_root_keys=new_root_keys)
    try:
        typer.echo(json.dumps(desk.rotate(started(config), rotation, root_key or [])))
    except CollectorError as error:
        fail(error)


@app.command("move-root-keys")
def move_root_keys(
    config: ConfigOption, folder: Annotated[Path, typer.Argument(help="Where to, such as a stick.")]
) -> None:
    """Write the root keys to a folder and erase them here. They are wanted only to rotate."""
    from lamplighter_collector.bundles import desk  # noqa: PLC0415 - heavy
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy

    found = started(config)
    try:
        if not folder.is_dir():  # a stick that is not in must not become a folder of this machine
            raise ConfigError("FOLDER", f"{folder} is no folder: make it first")
        typer.echo(json.dumps(desk.move_root_keys(found, folder)))
    except CollectorError as error:
        fail(error)
