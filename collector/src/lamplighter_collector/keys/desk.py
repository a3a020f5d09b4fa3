"""What the technician does with keys, for the command line. Each change is an audit row."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lamplighter_collector.audit.services import CONSOLE, AuditEntry, append, keyed
from lamplighter_collector.config import Config
from lamplighter_collector.db.console import administering, reading
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.db.faults import translated
from lamplighter_collector.db.schema import metadata
from lamplighter_collector.errors import (
    KeyRingError,
    KeyRingMissing,
    SealBroken,
    SecretError,
    StoreUnavailable,
)
from lamplighter_collector.keys.binding import Places, check, is_used, store_of
from lamplighter_collector.keys.proving import Proof, prove_fields, prove_keys
from lamplighter_collector.keys.ring import KeyRing, RingState, Rotated
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.secrets import Secrets
from lamplighter_collector.keys.services import open_ring, open_seals, ring_here

ROTATED: Final = "master-key-rotated"
EXPORTED: Final = "master-key-exported"
FORGOTTEN: Final = "retired-master-keys-forgotten"
NEW_STORE: Final = "new-store-begun"
TOGETHER: Final = "master key, key ring and store belong together"
NOTHING_YET: Final = "nothing was sealed or recorded yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStore:
    """The id of a store that was begun on purpose, and of those that its key ring has served before."""

    store: str
    before: tuple[str, ...]


def show(config: Config) -> RingState:
    with _ring(config) as ring:
        return ring.state()


def rotate(config: Config) -> Rotated:
    """A new master key for every data key that can be opened."""
    with _ring(config) as ring, _audited(config, ring, ROTATED, ring.state().master):
        return ring.rotate()


def export(config: Config, folder: Path) -> str:
    """Write the master key as it is, for a safe: what is sealed to a machine is lost with that machine."""
    with _ring(config) as ring, _audited(config, ring, EXPORTED, ring.state().master):
        return ring.copy_master(Secrets(folder, tool=None, warn=False))


def forget_retired(config: Config) -> tuple[str, ...]:
    """Destroy the files of retired master keys; answers their ids."""
    with _ring(config) as ring:
        retired = ring.state().retired
        if retired:
            with _audited(config, ring, FORGOTTEN, ",".join(retired)):
                ring.forget_retired()
        return retired


def new_store(config: Config) -> NewStore:
    """Let an empty store begin under a key ring that has served others, which is on record in it.

    Raises:
        ConfigError: the store is not empty.
        KeyRingError, SecretError, StoreUnavailable
    """
    with administering(config.store_url) as engine:
        open_seals(config, engine, new_store=True).close()
        with engine.begin() as connection:
            store = store_of(connection, config.organisation)
            entry = AuditEntry(organisation=config.organisation, actor=CONSOLE, verb=NEW_STORE, object=store)
            append(connection, entry)
    with _ring(config) as ring:
        return NewStore(store=store, before=tuple(one for one in ring.served() if one != store))


def belonging(config: Config) -> str:
    """Whether master key, key ring and store belong together, or what does not. Changes nothing."""
    try:
        with _ring(config):
            return TOGETHER
    except KeyRingMissing as error:
        return NOTHING_YET if never_sealed(config) else str(error)
    except (KeyRingError, SecretError, SealBroken, StoreUnavailable) as error:
        return str(error)


def never_sealed(config: Config) -> bool:
    """Whether the store holds nothing that needs a key, so that a missing key ring is no loss."""
    with reading(config.store_url) as connection:
        mine = config.organisation
        return not (store_of(connection, mine) or is_used(connection, mine))


def prove_all(config: Config) -> tuple[Proof, ...]:
    """Open every data key and every sealed field, and count; only keys, when that of pseudonyms is broken.

    Raises:
        KeyRingError: the ring is not the one of the store, where every field would count as broken.
    """
    ring = ring_here(config)
    try:
        keys = prove_keys(ring)
        with reading(config.store_url) as connection:
            try:
                check(connection, ring, Places.of(config))
                seals = Seals(ring, config.organisation)
            except SealBroken:
                return (keys,)
            return (keys, *prove_fields(connection, config.organisation, metadata=metadata, seals=seals))
    finally:
        ring.close()


@contextmanager
def _ring(config: Config) -> Iterator[KeyRing]:
    ring = open_ring(config)
    try:
        yield ring
    finally:
        ring.close()


@contextmanager
def _audited(config: Config, ring: KeyRing, verb: str, about: str) -> Iterator[None]:
    """The row is written first: what fails takes it back, and what can't be recorded is not done."""
    engine = writing_engine(config.store_url)
    keyed(engine, Seals(ring, config.organisation).chain_key)
    entry = AuditEntry(organisation=config.organisation, actor=CONSOLE, verb=verb, object=about)
    try:
        with translated(), engine.begin() as connection:
            append(connection, entry)
            yield
    finally:
        engine.dispose()
