"""What the technician does with keys, for the command line. Each change is an audit row."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lamplighter_collector.audit.services import CONSOLE, AuditEntry, append, keyed
from lamplighter_collector.config import Config
from lamplighter_collector.db.engine import reading_engine, writing_engine
from lamplighter_collector.db.faults import translated
from lamplighter_collector.db.schema import metadata
from lamplighter_collector.errors import SealBroken
from lamplighter_collector.keys.proving import Proof, prove_fields, prove_keys
from lamplighter_collector.keys.ring import KeyRing, RingState
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.secrets import Secrets
from lamplighter_collector.keys.services import open_ring

ROTATED: Final = "master-key-rotated"
EXPORTED: Final = "master-key-exported"
FORGOTTEN: Final = "retired-master-keys-forgotten"


def show(config: Config) -> RingState:
    with _ring(config) as ring:
        return ring.state()


def rotate(config: Config) -> tuple[str, str]:
    """A new master key for every data key; answers the ids of the old and the new one."""
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


def prove_all(config: Config) -> tuple[Proof, ...]:
    """Open every data key and every sealed field, and count; only keys, when that of pseudonyms is broken."""
    engine = reading_engine(config.store_url, connections=1)
    try:
        with _ring(config) as ring:
            keys = prove_keys(ring)
            try:
                seals = Seals(ring, config.organisation)
            except SealBroken:
                return (keys,)
            with translated(), engine.begin() as connection:
                return (keys, *prove_fields(connection, config.organisation, metadata=metadata, seals=seals))
    finally:
        engine.dispose()


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
