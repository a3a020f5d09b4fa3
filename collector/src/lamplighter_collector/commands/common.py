"""What all verbs share: the settings file, answers as JSON or as lines, and how a failure ends."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from lamplighter_collector.clock import shown
from lamplighter_collector.config import Config, load
from lamplighter_collector.errors import CollectorError
from lamplighter_collector.owner import become, owner_of

DEFAULT_CONFIG: Final = Path("/etc/lamplighter-collector/collector.toml")
"""Where the package has it."""
ConfigOption = Annotated[
    Path, typer.Option("--config", default_factory=lambda: DEFAULT_CONFIG, help="The settings file (TOML).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def settings(path: Path) -> Config:
    """Read the settings, or end with the key that is wrong. From here on root is the collector's account."""
    try:
        found = load(path)
    except CollectorError as error:
        fail(error)
    become(owner_of(found.state))
    return found


def fail(error: CollectorError) -> NoReturn:
    """End with exit code 2 and the error's own sentence."""
    typer.echo(str(error), err=True)
    raise typer.Exit(code=2)


def answer(records: Iterable[Mapping[str, object]], *, as_json: bool) -> None:
    """Print records: one JSON list, or a line for each."""
    if as_json:
        typer.echo(json.dumps(list(records)))
        return
    lines = ["  ".join(_worded(key, value) for key, value in record.items()) for record in records]
    typer.echo("\n".join(lines) or "There is none.")


def _worded(key: str, value: object) -> str:
    """A field as a person reads it: a moment as a date and time, a list as its words."""
    name = key.removesuffix("_ms")
    if name.split("_")[-1] == "at" and (value is None or isinstance(value, int)):
        return f"{name} {shown(value or 0) or 'never'}"
    if isinstance(value, Mapping):
        return f"{name} ({', '.join(_worded(inner, one) for inner, one in value.items()) or 'none'})"
    if isinstance(value, Sequence) and not isinstance(value, str):
        if value and all(isinstance(one, Mapping) for one in value):
            return f"{name} {'; '.join(_worded('', one).strip() for one in value)}"
        return f"{name} {', '.join(map(str, value)) or 'none'}"
    return f"{key} {value}"
