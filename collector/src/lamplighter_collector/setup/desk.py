"""What `setup` does: begin a collector, or say what is set and change what was asked for.

In the beginning the settings file is written last. Whatever is cut short before it has left keys and a store
that the same answers go on with: an account that is there stays, and what was made is used. Without the
settings file nothing is served.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lamplighter_keywords.bundles.bundle import POLICY
from lamplighter_keywords.policy.device_policy import DevicePolicy, policy_document, policy_tables
from sqlalchemy import Connection, Engine, make_url

from lamplighter_collector.audit.services import CONSOLE
from lamplighter_collector.bundles import services as bundles
from lamplighter_collector.bundles.shelf import newest_bundle
from lamplighter_collector.bundles.signing import SigningKeys
from lamplighter_collector.clock import utc_now
from lamplighter_collector.config import Config, config_of
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.db.faults import translated
from lamplighter_collector.db.migrate import reach
from lamplighter_collector.db.url import store_url
from lamplighter_collector.enrolment.authority import CERTIFICATE_FILE, FOLDER, Authority
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.keys.secrets import Secrets
from lamplighter_collector.keys.services import refuse_vanished
from lamplighter_collector.owner import acting_as, owner_of
from lamplighter_collector.people.accounts import Accounts
from lamplighter_collector.preparing import Prepared, prepare
from lamplighter_collector.setup import doubts, page_certificate, people
from lamplighter_collector.setup.answers import Addresses, Answers, PageFiles, answered
from lamplighter_collector.setup.settings_file import (
    Place,
    first_tables,
    read_tables,
    with_addresses,
    with_page,
    write_tables,
)
from lamplighter_collector.setup.tables import Tables

_FIXED: Final = "can't be changed here: {}"
_IN_CERTIFICATES: Final = "it stands in every certificate"
_MOVED: Final = "a store is moved by a backup and the settings file"

Told = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What was told of state and store, beside the settings that were made."""

    told: Told
    policy: DevicePolicy
    changed: list[str]


def begin(place: Place, answers: Answers) -> Told:
    """Make a collector by complete answers; tells what was made, and never a secret.

    Raises:
        CollectorError: nothing is served, since there is no settings file.
    """
    answers.complete()
    assert answers.addresses is not None
    if place.config.exists():
        raise ConfigError(str(place.config), "is there already")
    warned = [*doubts.of_names(answers.addresses), *doubts.of_ports(answers.addresses)]
    hashes = people.hashes_of(answers.accounts)
    owner = owner_of(place.data)
    place.make(owner)
    with acting_as(owner):
        try_store(answers.store)
        page = _page_for(place.state, answers.addresses, answers.page)
        tables = first_tables(place, answers, page)
        config = config_of(tables, place.config.parent)
        made = _state(config, answers, hashes, warned)
    write_tables(place.policy, _policy_file(made.policy), owner, replace=True)
    write_tables(place.config, tables, owner, replace=False)
    return made.told | {"config": str(place.config), "changed": ["all"]}


def try_store(url: str | None) -> None:
    """Connect to a database before anything is made; the embedded store needs none of it.

    Raises:
        ConfigError, StoreUnavailable: with the server's own sentence, and no password.
    """
    if url is None:
        return
    engine = writing_engine(store_url(url, Path("/")))
    try:
        reach(engine)
    finally:
        engine.dispose()


def standing(place: Place, answers: Answers | None = None) -> Told:
    """What is set, and which of the answers differ from it; changes nothing.

    Raises:
        CollectorError
    """
    tables, config = _settings(place)
    with acting_as(owner_of(config.state)), _opened(config) as (engine, ready), engine.begin() as connection:
        policy = newest_bundle(connection, config.organisation).policy
        told = _told(config, policy, ready, connection, [])
        if answers is None:
            return told | {"config": str(place.config), "changed": []}
        _refuse_fixed(config, answers)
        differs = [*_differing(tables, answers), *_differing_policy(policy, answers)]
        accounts = Accounts(config.organisation, ready.seals)
        if not all(people.is_there(connection, accounts, one) for one in answers.accounts):
            differs.append("accounts")
    return told | {"config": str(place.config), "changed": [], "differs": differs}


def change(place: Place, answers: Answers) -> Told:
    """Change what was answered, and nothing else; the settings file is written last, if it changes.

    Raises:
        CollectorError
    """
    tables, config = _settings(place)
    _refuse_fixed(config, answers)
    differs = _differing(tables, answers)
    owner, hashes = owner_of(config.state), people.hashes_of(answers.accounts)
    warned = _warned(config, answers.addresses)
    with acting_as(owner):
        changed = _changed_tables(tables, config, answers)
        config = config_of(changed, place.config.parent)
        made = _state(config, answers, hashes, warned)
    if {"contacts", "retention"} & set(made.changed):
        write_tables(place.policy, _policy_file(made.policy), owner, replace=True)
    if changed != tables:
        write_tables(place.config, changed, owner, replace=True)
    return made.told | {"config": str(place.config), "changed": [*differs, *made.changed]}


def _settings(place: Place) -> tuple[dict[str, object], Config]:
    tables = read_tables(place.config)
    return tables, config_of(tables, place.config.resolve().parent)


def _page_for(state: Path, addresses: Addresses, own: PageFiles | None) -> PageFiles:
    if own is not None:
        page_certificate.read(own)
        return own
    return page_certificate.own_making(state, (addresses.name, *addresses.also), utc_now())


def _changed_tables(tables: Tables, config: Config, answers: Answers) -> dict[str, object]:
    found = dict(tables)
    addresses = answers.addresses
    if addresses is not None:
        found = with_addresses(found, addresses)
        if answers.page is None and page_certificate.is_of_own_making(config):
            found = with_page(found, _page_for(config.state, addresses, None))
    if answers.page is not None:
        page_certificate.read(answers.page)
        found = with_page(found, answers.page)
    return found


def _warned(config: Config, addresses: Addresses | None) -> list[str]:
    if addresses is None:
        return []
    own = frozenset(one.port for one in (config.ingest.listen, config.enrolment.listen, config.web.listen))
    warned = [*doubts.of_names(addresses), *doubts.of_ports(addresses, own)]
    if addresses.public("ingest") != config.ingest.public:
        warned.append("laptops that are enrolled go on calling the address that they know")
    return warned


def _refuse_fixed(config: Config, answers: Answers) -> None:
    if answers.organisation not in {None, config.organisation}:
        raise ConfigError("organisation.name", _FIXED.format(_IN_CERTIFICATES))
    if answers.store not in {None, config.store_url}:
        raise ConfigError("store.url", _FIXED.format(_MOVED))


def _differing(tables: Tables, answers: Answers) -> list[str]:
    found = []
    if answers.addresses is not None and with_addresses(tables, answers.addresses) != tables:
        found.append("addresses")
    if answers.page is not None and with_page(tables, answers.page) != tables:
        found.append("page")
    return found


def _differing_policy(policy: DevicePolicy, answers: Answers) -> list[str]:
    contacts = answers.contacts is not None and answers.contacts != policy.contacts
    retention = answers.retention_days is not None and answers.retention_days != policy.retention_days
    return ["contacts"] * contacts + ["retention"] * retention


@contextmanager
def _opened(config: Config, policy: bytes | None = None) -> Iterator[tuple[Engine, Prepared]]:
    _refuse_another_school(config)
    # Before a file is made in its place.
    refuse_vanished(config)
    engine = writing_engine(config.store_url)
    ready = prepare(config, engine, policy=policy)
    try:
        with translated():
            yield engine, ready
    finally:
        ready.seals.close()
        engine.dispose()


def _refuse_another_school(config: Config) -> None:
    """Before keys of another name are made beside what a run that was cut short has left."""
    if (config.state / FOLDER / CERTIFICATE_FILE).exists():
        Authority.open(config.state, config.organisation, utc_now())


def _state(config: Config, answers: Answers, hashes: tuple[str, ...], warned: list[str]) -> _Made:
    """What lies beside the settings: keys, store, accounts, what is published."""
    first = answered(DevicePolicy(), answers)
    with _opened(config, policy_document(first)) as (engine, ready):
        with engine.begin() as connection:
            accounts = Accounts(config.organisation, ready.seals)
            added = people.add(connection, accounts, answers.accounts, hashes)
            before = newest_bundle(connection, config.organisation).policy
        policy = _published(config, engine, before, answered(before, answers))
        with engine.begin() as connection:
            told = _told(config, policy, ready, connection, warned)
    changed = _differing_policy(before, answers) + ["accounts"] * any(
        one["state"] == people.ADDED for one in added
    )
    told |= {"accounts": added, "next": _next(added)}
    return _Made(told=told, policy=policy, changed=changed)


def _published(config: Config, engine: Engine, before: DevicePolicy, wanted: DevicePolicy) -> DevicePolicy:
    """The policy that laptops have from now on, published anew where it is not the one before."""
    if wanted != before:
        parts, keys = {POLICY: policy_document(wanted)}, SigningKeys(config.state)
        bundles.publish(engine, keys, config.organisation, parts, actor=CONSOLE, days=bundles.DAYS)
    return wanted


def _policy_file(policy: DevicePolicy) -> Mapping[str, object]:
    """The policy as its file says it, whole: from here it is edited and published."""
    return policy_tables(policy)


def _told(
    config: Config, policy: DevicePolicy, ready: Prepared, connection: Connection, warned: list[str]
) -> Told:
    secrets = Secrets(config.keys.folder)
    accounts = Accounts(config.organisation, ready.seals)
    return {
        "organisation": config.organisation,
        "store": make_url(config.store_url).get_backend_name(),
        "schema": ready.revision,
        "state": str(config.state),
        "keys": str(config.keys.folder),
        "keys_are": {name: secrets.form_of(name) for name in secrets.names()},
        "ingest": config.ingest.told(config.ingest.listen),
        "enrolment": config.enrolment.told(config.enrolment.listen),
        "pin": ready.authority.pin,
        "page": page_certificate.told(config),
        "accounts_open": sum(one.disabled_at_ms is None for one in accounts.listed(connection)),
        "contacts": [{"label": one.label, "checked": one.checked.isoformat()} for one in policy.contacts],
        "retention_days": policy.retention_days,
        "warnings": [*warned, *people.doubts(connection, accounts), *_page_doubts(config)],
    }


def _page_doubts(config: Config) -> tuple[str, ...]:
    web = config.web
    if web.certificate is None or web.key is None:
        return ()
    page = page_certificate.read(PageFiles(certificate=web.certificate, key=web.key))
    return tuple({one: None for name in sorted(web.names) for one in page.doubts(name, utc_now())})


def _next(added: list[dict[str, object]]) -> list[str]:
    """What to type after it, in this order."""
    unknown = [one["account"] for one in added if one.get("password") == people.UNKNOWN]
    return [
        *(f"lamplighter-collector accounts password --login {account}" for account in unknown),
        "systemctl restart lamplighter-collector",
        'lamplighter-collector tokens issue --asset-tags "AV-00*" --attester "YOUR NAME" --uses 30',
        "lamplighter-collector keys export --to FOLDER",
    ]
