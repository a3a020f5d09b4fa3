"""The audit trail for the command line."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, select

from lamplighter_collector.audit.chain import Anchor, Finding, Link
from lamplighter_collector.audit.services import CONSOLE, WHY, AuditEntry, append, entries, keyed, verify
from lamplighter_collector.config import Config
from lamplighter_collector.db.engine import reading_engine, writing_engine
from lamplighter_collector.db.faults import translated
from lamplighter_collector.db.schema import metadata
from lamplighter_collector.errors import CollectorError, SealError
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.services import open_ring
from lamplighter_collector.people.accounts import Accounts

OPENED: Final = "audit-reasons-opened"
EMPTIED: Final = "is missing: the trail is empty, and the store is not"
UNREADABLE: Final = "can't be opened any more"


def verify_trail(config: Config, since: Anchor | None = None) -> Finding:
    """Follow the chain with the key of the key ring; ``since`` is a row that must be in it.

    Raises:
        KeyRingError, SecretError, SealBroken: there is no key to verify with.
        StoreUnavailable: the store can't be read.
    """
    engine = reading_engine(config.store_url, connections=1)
    try:
        with _seals(config) as seals:
            keyed(engine, seals.chain_key)
        # Nothing to commit, which a damaged file could refuse.
        with translated(), engine.connect() as connection:
            finding = verify(connection, config.organisation, since)
            if finding.bad is None and not finding.rows and _is_in_use(connection, config.organisation):
                return Finding(rows=0, bad=1, problem=EMPTIED)
            return finding
    finally:
        engine.dispose()


def list_trail(config: Config) -> list[Mapping[str, object]]:
    """Every row, oldest first, with what the account is called that did it; reasons stay sealed."""
    with _begun(reading_engine(config.store_url, connections=1)) as connection:
        names = _names(config, connection)
        return [_record(link, names) for link in entries(connection, config.organisation)]


def open_trail(config: Config) -> list[Mapping[str, object]]:
    """Every row with its reason opened. That somebody did so is a row of its own, the last of the answer."""
    engine = writing_engine(config.store_url)
    with _seals(config) as seals:
        keyed(engine, seals.chain_key)
        with _begun(engine) as connection:
            entry = AuditEntry(organisation=config.organisation, actor=CONSOLE, verb=OPENED, object="audit")
            append(connection, entry)
            names = Accounts(config.organisation, seals).names(connection)
            return [
                {**_record(link, names), "why": _opened(link, seals)}
                for link in entries(connection, config.organisation)
            ]


@contextmanager
def _seals(config: Config) -> Iterator[Seals]:
    ring = open_ring(config)
    try:
        yield Seals(ring, config.organisation)
    finally:
        ring.close()


def _names(config: Config, connection: Connection) -> Mapping[str, str]:
    """What the accounts are called; nothing where no key opens that, since the rows are shown anyway."""
    try:
        with _seals(config) as seals:
            return Accounts(config.organisation, seals).names(connection)
    except CollectorError:
        return {}


def _is_in_use(connection: Connection, organisation: str) -> bool:
    """Whether anything is there that was not made without an audit row."""
    tables = [metadata.tables[name] for name in ("accounts", "incidents", "devices", "bundles")]
    return any(
        connection.execute(select(table.c.organisation).filter_by(organisation=organisation).limit(1)).first()
        for table in tables
    )


@contextmanager
def _begun(engine: Engine) -> Iterator[Connection]:
    try:
        with translated(), engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _record(link: Link, names: Mapping[str, str]) -> dict[str, object]:
    return {
        "number": link.number,
        "at": link.at,
        "actor": link.actor,
        "name": names.get(link.actor, ""),
        "role": link.role,
        "verb": link.verb,
        "object": link.object,
        "has_reason": link.why is not None,
        "hash": link.hash,
    }


def _opened(link: Link, seals: Seals) -> str:
    if link.why is None:
        return ""
    try:
        return seals.open("", WHY, link.why)
    except SealError:
        return UNREADABLE
