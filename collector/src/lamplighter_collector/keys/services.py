"""Open the seals of a collector, or refuse to start."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from lamplighter_collector.audit.services import keyed
from lamplighter_collector.config import Config
from lamplighter_collector.db.console import administering
from lamplighter_collector.db.schema import metadata
from lamplighter_collector.errors import KeyRingMissing
from lamplighter_collector.keys.fields import holds_sealed
from lamplighter_collector.keys.ring import KeyRing
from lamplighter_collector.keys.sealing import Ring, Seals
from lamplighter_collector.keys.secrets import Secrets


def open_ring(config: Config) -> KeyRing:
    """The key ring of a collector that has started before; none is made. Blocking.

    Raises:
        KeyRingError: there is none, or its master key is not here.
        SecretError: the master key can't be read.
        StoreUnavailable: the key ring can't be read.
    """
    secrets = Secrets(config.keys.folder)
    if not secrets.names():
        raise KeyRingMissing
    return KeyRing(secrets, config.keys.url, config.organisation, holds_sealed=lambda: True)


def open_seals(config: Config, engine: Engine, made: Callable[[Ring, str], Seals] = Seals) -> Seals:
    """The seals over a migrated store; makes master key and key ring at the first start. Blocking.

    Audit rows that are appended through ``engine`` from now on are chained with the ring's key.

    ``made`` is another kind of seals, for comparison.

    Raises:
        KeyRingError: master key, key ring and store do not belong together.
        SecretError: the master key can't be read or kept.
        StoreUnavailable: the key ring can't be read or written.
    """

    def store_holds_sealed() -> bool:
        with engine.begin() as connection:
            return holds_sealed(connection, metadata, config.organisation)

    ring = KeyRing(
        Secrets(config.keys.folder), config.keys.url, config.organisation, holds_sealed=store_holds_sealed
    )
    try:
        seals = made(ring, config.organisation)
    except BaseException:
        ring.close()
        raise
    keyed(engine, seals.chain_key)
    return seals


@contextmanager
def recording(config: Config) -> Iterator[Engine]:
    """The store for one verb of the command line that changes something and leaves an audit row.

    Raises:
        ConfigError, KeyRingError, SecretError, StoreUnavailable
    """
    with administering(config.store_url) as engine:
        open_seals(config, engine).close()
        yield engine
