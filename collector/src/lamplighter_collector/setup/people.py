"""The first accounts: all of them in one transaction, through the services of `people`."""

import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from lamplighter_collector.audit.services import CONSOLE
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.people.accounts import Accounts, Link, NewAccount, Relation
from lamplighter_collector.people.passwords import generated, hashed
from lamplighter_collector.people.roles import Role, in_order
from lamplighter_collector.setup.answers import FirstAccount

ADDED: Final = "added"
THERE: Final = "there already, left as it is"
GIVEN: Final = "as given"
UNKNOWN: Final = "nobody knows it yet"


def hashes_of(accounts: Iterable[FirstAccount]) -> tuple[str, ...]:
    """The hash of each account's password; where none was given, of one that nobody knows.

    Raises:
        ConfigError: a password file can't be used; others may not read it.
        AccountRefused: a password is too short or too long.
    """
    return tuple(hashed(_password(account)) for account in accounts)


def add(
    connection: Connection, accounts: Accounts, wanted: Sequence[FirstAccount], hashes: Sequence[str]
) -> list[dict[str, object]]:
    """Add those who are not there yet, and tell of each; one who is there stays as they are.

    Raises:
        AccountRefused
    """
    found = []
    for one, hash_ in zip(wanted, hashes, strict=True):
        about: dict[str, object] = {"roles": [role.value for role in in_order(one.roles)]}
        if is_there(connection, accounts, one):
            found.append(about | {"state": THERE})
            continue
        new = NewAccount(
            login=one.login, name=one.name, roles=one.roles, password=hash_, links=tuple(_links(one))
        )
        about["account"] = accounts.add(connection, new, actor=CONSOLE)
        given = one.password or one.password_file
        found.append(about | {"state": ADDED, "password": GIVEN if given else UNKNOWN})
    return found


def is_there(connection: Connection, accounts: Accounts, one: FirstAccount) -> bool:
    """Whether somebody who may sign in has this login."""
    return accounts.credentials(connection, accounts.login_pseudonym(one.login)) is not None


def doubts(connection: Connection, accounts: Accounts) -> tuple[str, ...]:
    """Roles that nobody has, whose items go to nobody."""
    held = {
        role for one in accounts.listed(connection) if not one.disabled_at_ms for role in one.person.roles
    }
    missing = [role for role in (Role.DSL, Role.HEADTEACHER, Role.CHAIR) if role not in held]
    return tuple(f"nobody has the role {role.value}: what is for them alone waits unread" for role in missing)


def _links(one: FirstAccount) -> Iterable[Link]:
    for name in one.device_accounts:
        yield Link(device_account=name, relation=Relation.SELF)
    for name in one.children:
        yield Link(device_account=name, relation=Relation.CHILD)


def _password(account: FirstAccount) -> str:
    if account.password_file is not None:
        return _from_file(account.password_file)
    return account.password or generated()


def _from_file(path: Path) -> str:
    key = "accounts.password_file"
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError(key, f"others may not read {path}: chmod 600")
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(key, f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(key, f"{path} is not UTF-8") from error
    return lines[0] if lines else ""
