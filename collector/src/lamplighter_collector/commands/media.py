"""``media``: who may use which portable medium, what is lent, what was asked for, and what scans came to."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import typer

from lamplighter_collector.commands.common import ConfigOption, JsonOption, answer, fail
from lamplighter_collector.errors import CollectorError, MediaRefused, MediaUnknown
from lamplighter_collector.media.spans import SPAN_WORDS, UNTIL_WORDS

app = typer.Typer(help="Portable media: permissions, requests, scan receipts, loans.", no_args_is_help=True)

Medium = Annotated[
    str, typer.Option("--medium", help="BUS:VENDOR:PRODUCT:SERIAL, such as usb:0951:1666:60A44C3FAC35.")
]
To = Annotated[str, typer.Option("--to", help="person:NAME (the account), group:pupil or group:staff.")]
Borrower = Annotated[
    str, typer.Option("--to", help="person:NAME: the account of the one who has it and brings it back.")
]
For = Annotated[str, typer.Option("--for", help=f"How long: {SPAN_WORDS}.")]
Until = Annotated[str, typer.Option("--until", help=f"Until when: {UNTIL_WORDS}.")]
Name = Annotated[str, typer.Option("--name", help="What people call it. No name of a person.")]
Every = Annotated[bool, typer.Option("--all", help="Also those that are over.")]
_ARGUMENTS: Final = {"asset tag": "ASSET_TAG"}
"""What is no option, by the name that an error has for it."""
_LISTED: Final = {"permission": "list", "request": "requests", "loan": "loans"}
"""The verb that shows what there is."""
Id = Annotated[str, typer.Argument(help="The id that the list shows.")]


@app.command()
def grant(  # noqa: PLR0913 - one option each
    config: ConfigOption,
    *,
    medium: Medium = "",
    request: Annotated[
        str, typer.Option("--request", help="A request to answer, in place of --medium and --to.")
    ] = "",
    to: To = "",
    read_only: Annotated[bool, typer.Option("--read-only", help="It may be read.")] = False,
    read_write: Annotated[bool, typer.Option("--read-write", help="It may be read and written to.")] = False,
    for_: For = "",
    until: Until = "",
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            help="Why, in one line, kept sealed. With --request it may be left out: what they asked for.",
        ),
    ] = "",
    encrypted: Annotated[
        bool, typer.Option("--encrypted", help="It may be used only if it is encrypted.")
    ] = False,
    name: Name = "",
    json_: JsonOption = False,
) -> None:
    """Permit a medium, for one account or a group, until a time. It is still scanned before each use."""
    desk = _desk()
    order = desk.GrantOrder(
        medium=medium,
        request=request,
        to=to,
        read_only=read_only,
        read_write=read_write,
        ends=desk.Ends(span=for_, until=until),
        reason=reason,
        name=name,
        needs_encryption=encrypted,
    )
    _answer(config, lambda found: [desk.grant(found, order)], as_json=json_)


@app.command("list")
def list_(config: ConfigOption, *, every: Every = False, json_: JsonOption = False) -> None:
    """The permissions that hold."""
    desk = _desk()
    _answer(config, lambda found: desk.permissions(found, every=every), as_json=json_)


@app.command()
def revoke(config: ConfigOption, permission: Id, *, json_: JsonOption = False) -> None:
    """Take a permission back. Devices that are connected stop it within seconds, others once they are."""
    desk = _desk()
    _answer(config, lambda found: [desk.revoke(found, permission)], as_json=json_)


@app.command()
def requests(config: ConfigOption, *, every: Every = False, json_: JsonOption = False) -> None:
    """What people asked for on their screens and nobody has answered."""
    desk = _desk()
    _answer(config, lambda found: desk.requests(found, every=every), as_json=json_)


@app.command()
def refuse(config: ConfigOption, request: Id, *, json_: JsonOption = False) -> None:
    """Answer a request with no."""
    desk = _desk()
    _answer(config, lambda found: [desk.refuse(found, request)], as_json=json_)


@app.command()
def receipts(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """What the newest scans came to: media, verdicts and counts, no names."""
    desk = _desk()
    _answer(config, desk.receipts, as_json=json_)


@app.command()
def loan(  # noqa: PLR0913 - one option each
    config: ConfigOption,
    medium: Medium,
    to: Borrower,
    *,
    for_: For = "",
    until: Until = "",
    encrypted: Annotated[bool, typer.Option("--encrypted", help="It was lent encrypted.")] = False,
    name: Name = "",
    json_: JsonOption = False,
) -> None:
    """Note that one person has a medium of the school, and until when. It is no permission."""
    desk = _desk()
    ends = desk.Ends(span=for_, until=until)
    order = desk.LoanOrder(medium=medium, to=to, ends=ends, name=name, encrypted=encrypted)
    _answer(config, lambda found: [desk.lend(found, order)], as_json=json_)


@app.command()
def loans(
    config: ConfigOption,
    *,
    expiring: Annotated[str, typer.Option("--expiring", help="Only what is due within 14d.")] = "",
    json_: JsonOption = False,
) -> None:
    """What is lent, the soonest due first."""
    desk = _desk()
    _answer(config, lambda found: desk.loans(found, expiring), as_json=json_)


@app.command("renew-loan")
def renew_loan(
    config: ConfigOption, loan_id: Id, *, for_: For = "", until: Until = "", json_: JsonOption = False
) -> None:
    """Let somebody keep a medium until another day."""
    desk = _desk()
    ends = desk.Ends(span=for_, until=until)
    _answer(config, lambda found: [desk.renew(found, loan_id, ends)], as_json=json_)


@app.command("return-loan")
def return_loan(config: ConfigOption, loan_id: Id, *, json_: JsonOption = False) -> None:
    """Note that a medium came back."""
    desk = _desk()
    _answer(config, lambda found: [desk.give_back(found, loan_id)], as_json=json_)


@app.command("unlock-code")
def unlock_code(
    config: ConfigOption,
    asset_tag: Annotated[str, typer.Argument(help="The device's asset tag.")],
    serial: Annotated[
        str, typer.Option("--serial", help="The medium's serial number, as the device shows it, in any case.")
    ],
    *,
    json_: JsonOption = False,
) -> None:
    """A code for a device that can't be reached: one medium, from now until the end of the next hour."""
    desk = _desk()
    _answer(config, lambda found: [desk.unlock_code(found, asset_tag, serial)], as_json=json_)


def _desk() -> Any:
    from lamplighter_collector.media import desk  # noqa: PLC0415 - heavy

    return desk


def _answer(config: ConfigOption, asked: Callable[[Any], Any], *, as_json: bool) -> None:
    from lamplighter_collector.commands.started import started  # noqa: PLC0415 - heavy

    try:
        answer(asked(started(config)), as_json=as_json)
    except MediaRefused as error:
        name = _ARGUMENTS.get(error.field, f"--{error.field}")
        fail(MediaRefused(name, error.problem))
    except MediaUnknown as error:
        fail(CollectorError(f"{error}: `media {_LISTED[error.what]}` shows their ids"))
    except CollectorError as error:
        fail(error)
