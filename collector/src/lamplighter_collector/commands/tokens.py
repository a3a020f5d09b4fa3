"""``tokens``: what a technician gives a device so that it may enrol."""

import json
from typing import Annotated

import typer

from lamplighter_collector.commands.common import ConfigOption, JsonOption, answer, fail, settings
from lamplighter_collector.errors import CollectorError

app = typer.Typer(help="Enrolment tokens.", no_args_is_help=True)


@app.command()
def issue(  # noqa: PLR0913 - one for each option
    config: ConfigOption,
    asset_tags: Annotated[str, typer.Option(help='Which asset tags may use it, such as "AV-00*".')],
    attester: Annotated[str, typer.Option(help="Who attests that the organisation owns these devices.")],
    uses: Annotated[int, typer.Option(min=1, max=1_000, help="How many devices.")] = 1,
    hours: Annotated[int, typer.Option(min=1, max=168, help="How long it can be used.")] = 24,
    group: Annotated[str, typer.Option(help="Whose devices: pupils or staff.")] = "pupils",
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also for asset tags that are enrolled: laptops imaged anew.")
    ] = False,
) -> None:
    """Print a new token, the pin and where to enrol, as JSON. The token is shown only this once."""
    from lamplighter_collector.enrolment.desk import TokenOrder, issue_token  # noqa: PLC0415 - heavy

    order = TokenOrder(
        asset_tags=asset_tags, attester=attester, uses=uses, hours=hours, group=group, replace=replace
    )
    try:
        typer.echo(json.dumps(issue_token(settings(config), order)))
    except CollectorError as error:
        fail(error)


@app.command("list")
def list_(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """Every token without its secret, newest first."""
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy
    from lamplighter_collector.enrolment.desk import tokens  # noqa: PLC0415 - heavy

    try:
        answer(tokens(started(config)), as_json=json_)
    except CollectorError as error:
        fail(error)


@app.command()
def withdraw(
    config: ConfigOption, token: Annotated[str, typer.Argument(help="The part before the dot.")]
) -> None:
    """End a token before its time."""
    from lamplighter_collector.enrolment.desk import withdraw_token  # noqa: PLC0415 - heavy

    try:
        withdraw_token(settings(config), token)
    except CollectorError as error:
        fail(error)
    typer.echo(f"Token {token.partition('.')[0]} is withdrawn: no device enrols with it any more.")
