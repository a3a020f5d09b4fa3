"""The audit trail for the command line."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine

from lamplighter_collector.audit.chain import Finding, Link
from lamplighter_collector.audit.services import CONSOLE, WHY, AuditEntry, append, entries, verify
from lamplighter_collector.config import Config
from lamplighter_collector.db.engine import reading_engine, writing_engine
from lamplighter_collector.db.faults import translated
from lamplighter_collector.errors import SealError
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.services import open_ring

OPENED: Final = "audit-reasons-opened"
UNREADABLE: Final = "can't be opened any more"


def verify_trail(config: Config) -> Finding:
    engine = reading_engine(config.store_url, connections=1)
    try:
        # Nothing to commit, which a damaged file could refuse.
        with translated(), engine.connect() as connection:
            return verify(connection, config.organisation)
    finally:
        engine.dispose()


def list_trail(config: Config) -> list[Mapping[str, object]]:
    """Every row, oldest first; reasons stay sealed."""
    with _begun(reading_engine(config.store_url, connections=1)) as connection:
        return [_record(link) for link in entries(connection, config.organisation)]


def open_trail(config: Config) -> list[Mapping[str, object]]:
    """Every row with its reason opened. That somebody did so is a row of its own, the last of the answer."""
    ring = open_ring(config)
    try:
        seals = Seals(ring, config.organisation)
        with _begun(writing_engine(config.store_url)) as connection:
            entry = AuditEntry(organisation=config.organisation, actor=CONSOLE, verb=OPENED, object="audit")
            append(connection, entry)
            return [
                {**_record(link), "why": _opened(link, seals)}
                for link in entries(connection, config.organisation)
            ]
    finally:
        ring.close()


@contextmanager
def _begun(engine: Engine) -> Iterator[Connection]:
    try:
        with translated(), engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _record(link: Link) -> dict[str, object]:
    return {
        "number": link.number,
        "at": link.at,
        "actor": link.actor,
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
