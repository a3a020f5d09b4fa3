"""What whoever installs a collector answers, from the file of ``setup --answers`` or from its questions.

Both come as the same tables::

    [organisation]
    name = "Marrowby Vale School"

    [store]                              # left out: the embedded one
    url = "postgresql+psycopg://..."     # the file must then not be readable by others

    [addresses]
    name = "lamp.school.example"         # by which laptops and people find this machine
    listen = "0.0.0.0"                   # these four are the defaults
    ingest = 7443
    enrolment = 7444
    web = 8443
    also = ["lamp"]                      # other names under which people open the page

    [page]                               # left out: a certificate of its own making, shown by its fingerprint
    certificate = "/etc/ssl/lamp.pem"
    key = "/etc/ssl/private/lamp.key"

    [[accounts]]                         # at the first run one dsl and one headteacher; it may be one person
    login = "r.alder"
    name = "Rowan Alder"
    roles = ["dsl"]
    device_accounts = ["ralder"]
    children = []
    password_file = "rowan.secret"       # its first line; left out: nobody can sign in to it yet

    [[contacts]]                         # whom to ask, shown on laptops; checked is when somebody made sure
    label = "Safeguarding lead"
    value = "Room 4"
    checked = 2026-09-01

    [retention]
    days = 365

Every fault is named by its key and never quotes what was answered.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from lamplighter_keywords.errors import KeywordsError
from lamplighter_keywords.policy.device_policy import Contact, DevicePolicy
from lamplighter_keywords.policy.policy_reading import policy_from_toml

from lamplighter_collector.config import HOST_NAME, Address
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.people.roles import Role
from lamplighter_collector.setup.tables import Tables, toml_text

CONTACT_DAYS: Final = 365
"""A contact that nobody looked at for longer is not taken: it may be somebody who left."""
PORTS: Final[Mapping[str, int]] = {"ingest": 7443, "enrolment": 7444, "web": 8443}
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - laptops come from other machines
_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "organisation": frozenset({"name"}),
    "store": frozenset({"url"}),
    "addresses": frozenset({"name", "listen", "also", *PORTS}),
    "page": frozenset({"certificate", "key"}),
    "accounts": frozenset({"login", "name", "roles", "device_accounts", "children", "password_file"}),
    "contacts": frozenset({"label", "value", "checked"}),
    "retention": frozenset({"days"}),
}
_LISTED: Final = frozenset({"accounts", "contacts"})
_LAST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAccount:
    """Somebody who may sign in. Without a password file nobody knows the password."""

    login: str = field(repr=False)
    name: str = field(repr=False)
    roles: frozenset[Role]
    device_accounts: tuple[str, ...] = field(default=(), repr=False)
    children: tuple[str, ...] = field(default=(), repr=False)
    password_file: Path | None = None
    password: str = field(default="", repr=False)
    """One that was typed unseen; never from a file of answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the collector listens, and what the machine is called."""

    name: str
    also: tuple[str, ...]
    listen: str
    ports: Mapping[str, int]

    def listens(self, section: str) -> str:
        return str(Address(host=self.listen, port=self.ports[section]))

    def public(self, section: str) -> str:
        return f"{self.name}:{self.ports[section]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFiles:
    """A certificate of the school's own, and its key."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was answered; None where nothing was, which keeps what there is."""

    organisation: str | None = None
    store: str | None = field(default=None, repr=False)
    addresses: Addresses | None = None
    page: PageFiles | None = None
    accounts: tuple[FirstAccount, ...] = ()
    contacts: tuple[Contact, ...] | None = None
    retention_days: int | None = None

    def complete(self) -> None:
        """Refuse what no collector can begin with.

        Raises:
            ConfigError: names what is missing.
        """
        if self.organisation is None:
            raise ConfigError("organisation.name", "missing")
        if self.addresses is None:
            raise ConfigError("addresses.name", "missing")
        if not self.contacts:
            raise ConfigError("contacts", "missing: whom people ask, with the day on which it was checked")
        held = {role for account in self.accounts for role in account.roles}
        for role in (Role.DSL, Role.HEADTEACHER):
            if role not in held:
                raise ConfigError("accounts", f"nobody has the role {role.value}")


def answers_of(tables: Tables, folder: Path, today: date) -> Answers:
    """Read answers; relative paths are relative to ``folder``.

    Raises:
        ConfigError: names the key that is unknown or wrong.
    """
    for section, content in tables.items():
        _check_keys(section, content)
    policy = _policy(tables)
    contacts = policy.contacts if "contacts" in tables else None
    _check_days(contacts or (), today)
    return Answers(
        organisation=_optional(tables, "organisation.name"),
        store=_optional(tables, "store.url"),
        addresses=_addresses(tables) if "addresses" in tables else None,
        page=_page(tables, folder) if "page" in tables else None,
        accounts=tuple(_account(one, f"accounts[{n}]", folder) for n, one in _listed(tables, "accounts")),
        contacts=contacts,
        retention_days=policy.retention_days if "retention" in tables else None,
    )


def answered(policy: DevicePolicy, answers: Answers) -> DevicePolicy:
    """A policy with the contacts and the retention that were answered."""
    if answers.contacts is not None:
        policy = replace(policy, contacts=answers.contacts)
    if answers.retention_days is not None:
        policy = replace(policy, retention_days=answers.retention_days)
    return policy


def _check_keys(section: str, content: object) -> None:
    if section not in _KEYS:
        raise ConfigError(section, "unknown section")
    several = section in _LISTED
    tables = content if several else [content]
    if not isinstance(tables, list) or not all(isinstance(one, Mapping) for one in tables):
        raise ConfigError(section, f"must be written as {f'[[{section}]]' if several else f'[{section}]'}")
    if unknown := sorted({key for one in tables for key in one} - _KEYS[section]):
        raise ConfigError(f"{section}.{unknown[0]}", "unknown key")


def _policy(tables: Tables) -> DevicePolicy:
    """Contacts and retention as a policy has them, checked by what checks policies."""
    part: dict[str, object] = {}
    if "retention" in tables:
        part["retention_days"] = _of(tables["retention"]).get("days", DevicePolicy().retention_days)
    if "contacts" in tables:
        part["contacts"] = tables["contacts"]
    try:
        return policy_from_toml(toml_text(part))
    except KeywordsError as error:
        key, colon, problem = str(error).partition(": ")
        raise ConfigError(key if colon else "contacts", problem if colon else str(error)) from error


def _check_days(contacts: tuple[Contact, ...], today: date) -> None:
    for number, contact in enumerate(contacts):
        key = f"contacts[{number}].checked"
        if contact.checked > today:
            raise ConfigError(key, "lies in the future: it is the day on which somebody made sure")
        if contact.checked < today - timedelta(days=CONTACT_DAYS):
            raise ConfigError(key, "is more than a year ago: make sure that it still holds")


def _addresses(tables: Tables) -> Addresses:
    section = _of(tables["addresses"])
    listen = _optional(tables, "addresses.listen") or EVERYWHERE
    try:
        ipaddress.ip_address(listen)
    except ValueError:
        raise ConfigError("addresses.listen", "must be a number, such as 0.0.0.0 or ::") from None
    ports = {name: _port(section.get(name, default), name) for name, default in PORTS.items()}
    if len(set(ports.values())) < len(ports):
        raise ConfigError("addresses", "ingest, enrolment and web need a port each")
    name = _host(_optional(tables, "addresses.name"), "addresses.name")
    also = tuple(_host(one, "addresses.also") for one in _texts(section, "also", "addresses"))
    return Addresses(name=name, also=also, listen=listen, ports=ports)


def _port(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LAST_PORT:
        raise ConfigError(f"addresses.{name}", "must be the number of a port")
    return value


def _host(text: str | None, key: str) -> str:
    if text is None or not HOST_NAME.fullmatch(text):
        raise ConfigError(key, "must be a host name in small letters, such as lamp.school.example")
    return text


def _page(tables: Tables, folder: Path) -> PageFiles:
    certificate = _optional(tables, "page.certificate")
    key = _optional(tables, "page.key")
    if certificate is None or key is None:
        missing = "page.key" if key is None else "page.certificate"
        raise ConfigError(missing, "missing: certificate and key belong together")
    return PageFiles(certificate=folder / certificate, key=folder / key)


def _account(table: Tables, key: str, folder: Path) -> FirstAccount:
    password = _optional({"account": table}, "account.password_file")
    try:
        roles = frozenset(Role(one) for one in _texts(table, "roles", key))
    except ValueError:
        raise ConfigError(f"{key}.roles", f"must be of {', '.join(Role)}") from None
    if not roles:
        raise ConfigError(f"{key}.roles", "missing")
    return FirstAccount(
        login=_needed(table, "login", key),
        name=_needed(table, "name", key),
        roles=roles,
        device_accounts=_texts(table, "device_accounts", key),
        children=_texts(table, "children", key),
        password_file=None if password is None else folder / password,
    )


def _listed(tables: Tables, section: str) -> list[tuple[int, Tables]]:
    found = tables.get(section, [])
    return list(enumerate(found)) if isinstance(found, list) else []


def _of(table: object) -> Tables:
    return table if isinstance(table, Mapping) else {}


def _optional(tables: Tables, key: str) -> str | None:
    section, _, name = key.partition(".")
    content = _of(tables.get(section))
    return _needed(content, name, section) if name in content else None


def _needed(table: Tables, name: str, key: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{key}.{name}", "missing" if value is None else "must be text that is not empty")
    return value


def _texts(table: Tables, name: str, key: str) -> tuple[str, ...]:
    value = table.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise ConfigError(f"{key}.{name}", "must be a list of texts")
    return tuple(value)
