"""``letter``: what families are told, filled from what is set and published here."""

import dataclasses
import json
from typing import Annotated

import typer

from lamplighter_collector.commands.common import ConfigOption, JsonOption, fail
from lamplighter_collector.errors import CollectorError


def letter(
    config: ConfigOption,
    *,
    data_contact: Annotated[
        str,
        typer.Option(
            "--data-contact", help="Label of the contact who answers requests about data; else the first."
        ),
    ] = "",
    html: Annotated[bool, typer.Option("--html", help="As a page to print, instead of text.")] = False,
    json_: JsonOption = False,
) -> None:
    """A letter to families, in English, with this school's real rules. Refused while it has no contacts."""
    from lamplighter_collector.clock import utc_now  # noqa: PLC0415 - heavy
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy
    from lamplighter_collector.letter import desk, rendering  # noqa: PLC0415 - heavy
    from lamplighter_collector.letter.facts import to_look_at  # noqa: PLC0415 - heavy
    from lamplighter_collector.letter.wording import letter_of  # noqa: PLC0415 - heavy

    try:
        facts = desk.facts_of(started(config), utc_now().date(), data_contact)
    except CollectorError as error:
        fail(error)
    written = letter_of(facts)
    if json_:
        typer.echo(json.dumps(dataclasses.asdict(written), ensure_ascii=False))
    else:
        typer.echo(rendering.html_of(written) if html else rendering.text_of(written), nl=False)
    # Beside the letter, so that it stays out of the file that the letter is written to.
    for line in to_look_at(facts):
        typer.echo(f"Before you send it: {line}.", err=True)
