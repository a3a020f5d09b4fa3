"""The questions of `setup` at a terminal. They make the same tables as a file of answers.

What is wrong is said at once and asked again. A password, and an address of a database, which may hold one,
are typed unseen and are never shown. Nothing is made before the last answer: whoever leaves leaves nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import typer
from lamplighter_keywords.policy.device_policy import DevicePolicy

from lamplighter_collector.errors import CollectorError
from lamplighter_collector.people.passwords import hashed
from lamplighter_collector.people.roles import Role
from lamplighter_collector.setup.answers import EVERYWHERE, PORTS, Answers, answers_of

TryStore = Callable[[str], None]
_PARTS = ("addresses", "page", "accounts", "contacts", "retention")
_HEAD_TOO = "Is the safeguarding lead the headteacher, too?"


def first_answers(today: date, try_store: TryStore) -> Answers:
    """Everything that a collector begins with."""
    typer.echo("A new collector. Nothing is made before the last answer; Ctrl-C leaves everything as it is.")
    found = _merged(
        _sound(_organisation, today),
        _store(today, try_store),
        _sound(_addresses, today),
        _page(today),
    )
    found = _merged(found, _people(today), _sound(_contacts, today), _sound(_retention, today))
    if not typer.confirm("Make this collector now?", default=True):
        raise typer.Abort
    return found


def later_answers(today: date) -> Answers:
    """What is to be changed of a collector that is there; nothing where nothing was chosen."""
    part = typer.prompt(f"What is to be changed? ({', '.join(_PARTS)}, nothing)", default="nothing")
    questions: dict[str, Callable[[], Answers]] = {
        "addresses": lambda: _sound(_addresses, today),
        "page": lambda: _sound(_own_page, today),
        "accounts": lambda: _one_account(today, list(Role)),
        "contacts": lambda: _sound(_contacts, today),
        "retention": lambda: _sound(_retention, today),
    }
    return questions[part]() if part in questions else Answers()


def _merged(*parts: Answers) -> Answers:
    found = Answers()
    for part in parts:
        given = {name: getattr(part, name) for name in Answers.__dataclass_fields__}
        accounts = (*found.accounts, *given.pop("accounts"))
        found = replace(found, accounts=accounts, **{k: v for k, v in given.items() if v is not None})
    return found


def _sound(ask: Callable[[], dict[str, object]], today: date) -> Answers:
    """Ask until the answer can be taken."""
    while True:
        try:
            return answers_of(ask(), Path.cwd(), today)
        except CollectorError as error:
            typer.echo(f"Not so: {error}")


def _organisation() -> dict[str, object]:
    name = typer.prompt("The school's name (it goes into every certificate and can't be changed)")
    return {"organisation": {"name": name}}


def _store(today: date, try_store: TryStore) -> Answers:
    if not typer.confirm("Use a PostgreSQL database instead of the embedded store?", default=False):
        return Answers()
    while True:
        url = typer.prompt("Its address, unseen (postgresql+psycopg://...)", hide_input=True)
        try:
            try_store(url)
            return answers_of({"store": {"url": url}}, Path.cwd(), today)
        except CollectorError as error:
            typer.echo(f"Not so: {error}")


def _addresses() -> dict[str, object]:
    name = typer.prompt("The name by which laptops and people find this machine (lamp.school.example)")
    found: dict[str, object] = {"name": name}
    found["listen"] = typer.prompt("The address to listen on", default=EVERYWHERE)
    for section, port in PORTS.items():
        found[section] = typer.prompt(f"The port of {section}", default=port, type=int)
    return {"addresses": found}


def _page(today: date) -> Answers:
    own = typer.confirm("Is there a certificate for the page that browsers trust?", default=False)
    return _sound(_own_page, today) if own else Answers()


def _own_page() -> dict[str, object]:
    certificate = typer.prompt("Its file (PEM, with what stands between)")
    return {"page": {"certificate": certificate, "key": typer.prompt("The file of its key")}}


def _people(today: date) -> Answers:
    typer.echo("The designated safeguarding lead:")
    lead = _one_account(today, [Role.DSL])
    if typer.confirm(_HEAD_TOO, default=False):
        (both,) = lead.accounts
        return Answers(accounts=(replace(both, roles=both.roles | {Role.HEADTEACHER}),))
    typer.echo("The headteacher:")
    return _merged(lead, _one_account(today, [Role.HEADTEACHER]))


def _one_account(today: date, roles: list[Role]) -> Answers:
    """One account; of several roles somebody chooses."""

    def ask() -> dict[str, object]:
        role = roles[0].value
        if len(roles) > 1:
            role = typer.prompt(f"The role ({', '.join(roles)})")
        account: dict[str, object] = {"name": typer.prompt("  Name"), "login": typer.prompt("  Login")}
        device = typer.prompt("  Their own account on laptops, as the laptop writes it", default="")
        account |= {"roles": [role], "device_accounts": [device] if device else []}
        return {"accounts": [account]}

    found = _sound(ask, today)
    (account,) = found.accounts
    return replace(found, accounts=(replace(account, password=_password()),))


def _password() -> str:
    while True:
        typed: str = typer.prompt(
            "  Password, unseen (empty: none yet)",
            default="",
            show_default=False,
            hide_input=True,
            confirmation_prompt=True,
        )
        if not typed:
            return ""
        try:
            hashed(typed)
        except CollectorError as error:
            typer.echo(f"Not so: {error}")
        else:
            return typed


def _contacts() -> dict[str, object]:
    typer.echo("Whom people ask; it is shown on laptops.")
    found: list[object] = []
    while not found or typer.confirm("One more?", default=False):
        label = typer.prompt("  Who (Safeguarding lead)")
        value = typer.prompt("  Where or how (Room 4)")
        day = typer.prompt("  The day on which somebody made sure (2026-09-01)")
        found.append({"label": label, "value": value, "checked": day})
    return {"contacts": found}


def _retention() -> dict[str, object]:
    shipped = DevicePolicy().retention_days
    days = typer.prompt("Days for which it keeps what nobody had to act on", default=shipped, type=int)
    return {"retention": {"days": days}}
