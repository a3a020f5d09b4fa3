"""Open the seals of a collector, or refuse to start."""

from collections.abc import Callable

from sqlalchemy import Engine

from lamplighter_collector.config import Config
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
        return made(ring, config.organisation)
    except BaseException:
        ring.close()
        raise
