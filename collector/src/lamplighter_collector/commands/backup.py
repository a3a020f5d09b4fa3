"""``backup``: a copy of the embedded store that was read back, and only so many of them."""

from pathlib import Path
from typing import Annotated

import typer

from lamplighter_collector.commands.common import ConfigOption, JsonOption, answer, fail, settings
from lamplighter_collector.errors import CollectorError

_DAYS = 14


def backup(
    config: ConfigOption,
    to: Annotated[Path, typer.Option("--to", help="The folder; better one on another disk.")],
    keep: Annotated[int, typer.Option("--keep", min=1, max=3_650, help="How many stay.")] = _DAYS,
    *,
    json_: JsonOption = False,
) -> None:
    """Copy the store beside a running collector and read the copy back. It holds no key."""
    from lamplighter_collector.backups import back_up  # noqa: PLC0415 - heavy

    try:
        answer([back_up(settings(config), to, keep)], as_json=json_)
    except CollectorError as error:
        fail(error)
