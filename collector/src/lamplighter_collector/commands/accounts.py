"""``accounts``: who may sign in to the page. Each change is one transaction with its row in the audit trail.

A password is never an argument, where every program of the machine could read it: it is generated and printed
once, or read from standard input.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

from lamplighter_collector.commands.common import ConfigOption, JsonOption, answer, fail, settings
from lamplighter_collector.errors import AccountRefused, CollectorError
from lamplighter_collector.people.roles import Role, in_order

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from lamplighter_collector.people.accounts import Accounts, Link

app = typer.Typer(no_args_is_help=True, help="Who may sign in to the page.")

LoginOption = Annotated[str, typer.Option("--login", help="What the person types to sign in.")]
WhoseOption = Annotated[
    str,
    typer.Option("--login", help="What the person types to sign in, or the id that `accounts list` shows."),
]
RoleOption = Annotated[list[Role], typer.Option("--role", help="May be given several times.")]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, one line.")
]
DeviceOption = Annotated[
    list[str], typer.Option("--device-account", help="The person's own account on the school's devices.")
]
ChildOption = Annotated[
    list[str], typer.Option("--child", help="The account of the person's child on the school's devices.")
]
_LONGEST_LINE: Final = 4096
_T = TypeVar("_T")


@app.command()
def add(  # noqa: PLR0913 - one for each option
    config: ConfigOption,
    login: LoginOption,
    name: Annotated[str, typer.Option("--name", help="What colleagues call the person.")],
    role: RoleOption,
    device_account: DeviceOption = [],  # noqa: B006 - typer copies it
    child: ChildOption = [],  # noqa: B006
    *,
    password_stdin: StdinOption = False,
    json_: JsonOption = False,
) -> None:
    """Add an account and print its password once."""
    from lamplighter_collector.people.accounts import NewAccount  # noqa: PLC0415 - heavy

    shown, hash_ = _password(from_stdin=password_stdin)
    new = NewAccount(
        login=login,
        name=name,
        roles=frozenset(role),
        password=hash_,
        links=(*_links(device_account, "self"), *_links(child, "child")),
    )
    account = _change(config, lambda accounts, connection: accounts.add(connection, new, actor=_console()))
    _tell(account, shown, json_=json_)


@app.command("list")
def list_accounts(config: ConfigOption, *, json_: JsonOption = False) -> None:
    """Who may sign in, and in which roles. Logins can't be listed; an account's id serves in place of one."""
    records = _change(config, lambda accounts, connection: accounts.listed(connection))
    answer(
        [
            {
                "account": record.person.account,
                "name": record.person.name,
                "roles": [role.value for role in in_order(record.person.roles)],
                "device_accounts": len(record.person.own_subjects),
                "children": len(record.person.child_subjects),
                "created_at": record.created_at_ms,
                "disabled_at": record.disabled_at_ms,
            }
            for record in records
        ],
        as_json=json_,
    )


@app.command()
def disable(config: ConfigOption, login: WhoseOption) -> None:
    """Close an account: its sessions end at once, and nobody signs in to it again."""
    account = _change(
        config, lambda accounts, connection: accounts.disable(connection, login, actor=_console())
    )
    typer.echo(f"Account {account} is closed.")


@app.command()
def roles(config: ConfigOption, login: WhoseOption, role: RoleOption) -> None:
    """Replace the roles of an account; its sessions end."""
    account = _change(
        config,
        lambda accounts, connection: accounts.give_roles(connection, login, role, actor=_console()),
    )
    typer.echo(f"Account {account} has {', '.join(one.value for one in in_order(role))}.")


@app.command()
def link(
    config: ConfigOption,
    login: WhoseOption,
    device_account: DeviceOption = [],  # noqa: B006
    child: ChildOption = [],  # noqa: B006
    remove: Annotated[list[str], typer.Option("--remove", help="Take such a link back.")] = [],  # noqa: B006
) -> None:
    """Say which accounts on devices are the person's own or their child's: they never read about those."""
    links = (*_links(device_account, "self"), *_links(child, "child"))
    if not links and not remove:
        fail(AccountRefused("nothing to link: give --device-account, --child or --remove"))

    def change(accounts: "Accounts", connection: "Connection") -> None:
        for name in remove:
            accounts.unlink(connection, login, name, actor=_console())
        for one in links:
            accounts.link(connection, login, one, actor=_console())

    _change(config, change)
    typer.echo(f"{len(links)} linked, {len(remove)} taken back.")


@app.command()
def password(
    config: ConfigOption,
    login: WhoseOption,
    *,
    password_stdin: StdinOption = False,
    json_: JsonOption = False,
) -> None:
    """Give an account a new password and print it once; its sessions end."""
    shown, hash_ = _password(from_stdin=password_stdin)
    account = _change(
        config,
        lambda accounts, connection: accounts.set_password(connection, login, hash_, actor=_console()),
    )
    _tell(account, shown, json_=json_)


@app.command()
def unlock(
    config: ConfigOption,
    login: Annotated[
        str, typer.Option("--login", help="What the person types, or the account's id; without it, all.")
    ] = "",
) -> None:
    """Let people try again at once after too many wrong passwords."""
    _change(config, lambda accounts, connection: accounts.unlock(connection, login, actor=_console()))
    typer.echo("They may try again now.")


def _console() -> str:
    from lamplighter_collector.audit.services import CONSOLE  # noqa: PLC0415 - heavy

    return CONSOLE


def _links(names: list[str], relation: str) -> tuple["Link", ...]:
    from lamplighter_collector.people.accounts import Link, Relation  # noqa: PLC0415 - heavy

    return tuple(Link(device_account=name, relation=Relation(relation)) for name in names)


def _password(*, from_stdin: bool) -> tuple[str, str]:
    """What to print, empty for one that was given, and the hash to store."""
    from lamplighter_collector.people.passwords import generated, hashed  # noqa: PLC0415 - heavy

    given = sys.stdin.readline(_LONGEST_LINE).rstrip("\r\n") if from_stdin else ""
    made = "" if from_stdin else generated()
    try:
        return made, hashed(given if from_stdin else made)
    except AccountRefused as error:
        fail(error)


def _tell(account: str, shown: str, *, json_: bool) -> None:
    record = {"account": account} | ({"password": shown} if shown else {})
    answer([record], as_json=json_)
    if shown and not json_:
        typer.echo("This password is shown only now.")


def _change(path: Path, change: Callable[["Accounts", "Connection"], _T]) -> _T:
    """One transaction on the accounts of the settings file's organisation."""
    with _accounts(path) as (accounts, connection):
        return change(accounts, connection)


@contextlib.contextmanager
def _accounts(path: Path) -> Iterator[tuple["Accounts", "Connection"]]:
    from lamplighter_collector.db.engine import writing_engine  # noqa: PLC0415 - heavy
    from lamplighter_collector.db.migrate import migrate  # noqa: PLC0415 - heavy
    from lamplighter_collector.keys.services import open_seals  # noqa: PLC0415 - heavy
    from lamplighter_collector.people.accounts import Accounts  # noqa: PLC0415 - heavy

    found = settings(path)
    try:
        with contextlib.ExitStack() as stack:
            engine = writing_engine(found.store_url)
            stack.callback(engine.dispose)
            migrate(engine)
            seals = open_seals(found, engine)
            stack.callback(seals.close)
            with engine.begin() as connection:
                yield Accounts(found.organisation, seals), connection
    except CollectorError as error:
        fail(error)
