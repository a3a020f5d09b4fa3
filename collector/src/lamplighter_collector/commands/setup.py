"""``setup``: a collector's first run, and later what is set; by questions or by a file of answers."""

import json
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lamplighter_collector.commands.common import DEFAULT_CONFIG, JsonOption, fail
from lamplighter_collector.errors import CollectorError, ConfigError

if TYPE_CHECKING:
    from lamplighter_collector.setup.answers import Answers
    from lamplighter_collector.setup.settings_file import Place

_DATA = Path("/var/lib/lamplighter-collector")
_DIFFERS = 1


def setup(
    config: Annotated[Path, typer.Option("--config", help="Where the settings are to be.")] = DEFAULT_CONFIG,
    answers: Annotated[
        Path | None, typer.Option("--answers", help="A file (TOML) instead of questions.")
    ] = None,
    data: Annotated[Path, typer.Option("--data", help="Where store and secrets are to be.")] = _DATA,
    *,
    change: Annotated[
        bool, typer.Option("--change", help="Change what differs from the answers; without it, only say so.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Begin a collector, or say what is set and change what is asked for. Nothing is overwritten unasked."""
    from lamplighter_collector.setup.settings_file import Place  # noqa: PLC0415 - heavy

    place = Place(config=config.absolute(), data=data.absolute())
    try:
        told = _by_file(place, answers, change=change) if answers is not None else _by_questions(place)
    except CollectorError as error:
        fail(error)
    _tell(told, as_json=json_)
    if told.get("differs"):
        raise typer.Exit(code=_DIFFERS)


def _by_file(place: "Place", path: Path, *, change: bool) -> Mapping[str, object]:
    from lamplighter_collector.setup import desk  # noqa: PLC0415 - heavy

    answers = _read(path)
    if not place.config.exists():
        return desk.begin(place, answers)
    return desk.change(place, answers) if change else desk.standing(place, answers)


def _read(path: Path) -> "Answers":
    from lamplighter_collector.clock import utc_now  # noqa: PLC0415 - heavy
    from lamplighter_collector.db.url import holds_password  # noqa: PLC0415 - heavy
    from lamplighter_collector.setup.answers import answers_of  # noqa: PLC0415 - heavy
    from lamplighter_collector.setup.settings_file import read_tables  # noqa: PLC0415 - heavy

    found = answers_of(read_tables(path), path.resolve().parent, utc_now().date())
    if holds_password(found.store or "") and path.stat().st_mode & stat.S_IROTH:
        raise ConfigError("store.url", f"holds a password, so not everybody may read {path}: chmod o-r")
    return found


def _by_questions(place: "Place") -> Mapping[str, object]:
    from lamplighter_collector.clock import utc_now  # noqa: PLC0415 - heavy
    from lamplighter_collector.owner import acting_as, owner_of  # noqa: PLC0415 - heavy
    from lamplighter_collector.setup import asking, desk  # noqa: PLC0415 - heavy
    from lamplighter_collector.setup.answers import Answers  # noqa: PLC0415 - heavy

    if not sys.stdin.isatty():
        raise ConfigError("--answers", "missing: there is no terminal to ask at")

    def try_store(url: str) -> None:
        with acting_as(owner_of(place.data)):
            desk.try_store(url)

    today = utc_now().date()
    if not place.config.exists():
        return desk.begin(place, asking.first_answers(today, try_store))
    told = desk.standing(place)
    _tell(told, as_json=False)
    wanted = asking.later_answers(today)
    return told if wanted == Answers() else desk.change(place, wanted)


def _tell(told: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told))
        return
    from rich.console import Console  # noqa: PLC0415 - heavy

    # Plain lines: what is pasted from here must not be broken or coloured.
    console = Console(highlight=False, soft_wrap=True, markup=False)
    for key, value in told.items():
        lines = _lines(value)
        console.print(f"{key.replace('_', ' ')}: {lines[0] if len(lines) == 1 else ''}".rstrip())
        for line in lines if len(lines) > 1 else ():
            console.print(f"  {line}")
    if "next" in told:
        console.print(
            f"\nThe master key lies in {told['keys']}, apart from the store. Without it nobody reads what"
            "\nis stored: back that folder up by itself, never together with the store."
        )


def _lines(value: object) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{key.replace('_', ' ')}: {one}" for key, one in value.items()] or ["none"]
    if isinstance(value, list):
        return [", ".join(_lines(one)) for one in value] or ["none"]
    return [str(value)]
