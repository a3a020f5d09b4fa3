"""``devices``: the register, and taking devices out of it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from lamplighter_collector.commands.common import ConfigOption, JsonOption, answer, fail
from lamplighter_collector.commands.device_lines import all_lines, short_lines
from lamplighter_collector.errors import CollectorError, ConfigError

app = typer.Typer(help="The register of devices.")

AssetTag = Annotated[str, typer.Argument(help="The device's asset tag.")]
Why = Annotated[str, typer.Option("--why", help='A short code, such as "stolen": lower case and hyphens.')]


@app.callback(invoke_without_command=True)
def every(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", help="The settings file (TOML).")] = None,
    *,
    json_: JsonOption = False,
) -> None:
    """The register of devices. Without a verb: every device and what it said of its health last."""
    if context.invoked_subcommand is not None:
        return
    if config is None:
        typer.echo(context.get_help())
        raise typer.Exit(code=2)
    list_(config, json_=json_)


@app.command("list")
def list_(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """Every device: its state, when it was seen and what needs attention; with --json all of it."""
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy
    from lamplighter_collector.devices.desk import devices  # noqa: PLC0415 - heavy

    try:
        found = devices(started(config))
    except CollectorError as error:
        fail(error)
    if json_ or not found:
        answer(found, as_json=json_)
        return
    typer.echo("\n".join(short_lines(found)))


@app.command()
def show(config: ConfigOption, asset_tag: AssetTag, *, json_: JsonOption = False) -> None:
    """All of one device: its certificate, its lists and what it said of its health last."""
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy
    from lamplighter_collector.devices.desk import devices  # noqa: PLC0415 - heavy

    try:
        found = [one for one in devices(started(config)) if one["device"] == asset_tag]
        if not found:
            raise ConfigError("asset tag", "there is no such device in the register")
    except CollectorError as error:
        fail(error)
    typer.echo(json.dumps(found[0]) if json_ else "\n".join(all_lines(found[0])))


@app.command()
def revoke(config: ConfigOption, asset_tag: AssetTag, why: Why) -> None:
    """Refuse a device that may be in wrong hands, at once. It stops sensing and erases what it kept."""
    _end(config, asset_tag, "revoked", why)


@app.command()
def retire(config: ConfigOption, asset_tag: AssetTag, why: Why) -> None:
    """Let go of a device that is not in use any more. It stops sensing and erases what it kept."""
    _end(config, asset_tag, "retired", why)


def _end(config: ConfigOption, asset_tag: str, state: str, why: str) -> None:
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy
    from lamplighter_collector.devices.desk import devices, end_device  # noqa: PLC0415 - heavy
    from lamplighter_collector.devices.register import State  # noqa: PLC0415 - heavy

    found = started(config)
    try:
        before = [one for one in devices(found) if one["device"] == asset_tag and one["ended"]]
        end_device(found, asset_tag, State(state), why)
    except CollectorError as error:
        fail(error)
    typer.echo(f"{asset_tag} is {state} ({why}): nothing that it sends is stored any more.")
    for one in before:
        typer.echo(f"It was {one['state']} already ({one['why']}, {one['ended']}).")
