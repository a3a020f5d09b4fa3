"""``status``: what a technician asks first, without a word of anybody."""

import json

import typer

from lamplighter_collector.commands.common import ConfigOption, JsonOption, fail
from lamplighter_collector.errors import CollectorError


def status(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """Kind of the store, the form of each secret, how many devices there are, what of media waits."""
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy
    from lamplighter_collector.state import state_of  # noqa: PLC0415 - heavy

    try:
        state = state_of(started(config))
    except CollectorError as error:
        fail(error)
    if json_:
        typer.echo(json.dumps(state))
        return
    for key, value in state.items():
        if not isinstance(value, dict):
            typer.echo(f"{key}: {value}")
            continue
        typer.echo(f"{key}:{'' if value else ' none'}")
        for name, what in value.items():
            typer.echo(f"  {name}: {', '.join(what) or 'none' if isinstance(what, list) else what}")
