"""Open the seals of a collector, or refuse to start."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, make_url

from lamplighter_collector.audit.services import keyed
from lamplighter_collector.config import Config
from lamplighter_collector.db.console import administering, reading
from lamplighter_collector.db.faults import translated
from lamplighter_collector.errors import KeyRingMissing
from lamplighter_collector.keys.binding import (
    Places,
    bind,
    check,
    check_new,
    check_vanished,
    is_used,
    store_of,
)
from lamplighter_collector.keys.ring import KeyRing
from lamplighter_collector.keys.sealing import Ring, Seals
from lamplighter_collector.keys.secrets import Secrets


def open_ring(config: Config) -> KeyRing:
    """The key ring of a collector that has started before, checked against its store; none is made. Blocking.

    Raises:
        KeyRingError: there is none, its master key is not here, or it is not the one of the store.
        SecretError: the master key can't be read.
        SealBroken: the key of the pseudonyms can't be unwrapped.
        StoreUnavailable: the key ring or the store can't be read.
    """
    ring = ring_here(config)
    try:
        with reading(config.store_url) as connection:
            check(connection, ring, Places.of(config))
    except BaseException:
        ring.close()
        raise
    return ring


def ring_here(config: Config) -> KeyRing:
    """`open_ring`, not checked against the store."""
    secrets = Secrets(config.keys.folder)
    url = make_url(config.keys.url)
    # SQLite would make an empty file of a ring that is missed.
    gone = url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()
    if gone or not secrets.names():
        raise KeyRingMissing
    return KeyRing(secrets, config.keys.url, config.organisation, holds_sealed=lambda: True)


def open_seals(
    config: Config, engine: Engine, made: Callable[[Ring, str], Seals] = Seals, *, new_store: bool = False
) -> Seals:
    """The seals over a migrated store; makes master key and key ring at the first start. Blocking.

    Audit rows that are appended through ``engine`` from now on are chained with the ring's key, and the
    store is marked as that ring's, if it was not.

    ``made`` is another kind of seals, for comparison. With ``new_store`` the store must be empty, and may be
    so beside a ring that has served another one.

    Raises:
        KeyRingError: master key, key ring and store do not belong together.
        ConfigError: the store is not empty, and was said to be new.
        SecretError: the master key can't be read or kept.
        StoreUnavailable: the key ring or the store can't be read or written.
    """
    places = Places.of(config)

    def store_needs_its_ring() -> bool:
        with engine.begin() as connection:
            mine = places.organisation
            return bool(store_of(connection, mine)) or is_used(connection, mine)

    ring = KeyRing(
        Secrets(config.keys.folder), config.keys.url, config.organisation, holds_sealed=store_needs_its_ring
    )
    try:
        with translated(), engine.begin() as connection:
            if new_store:
                check_new(connection, places)
            else:
                check(connection, ring, places)
        seals = made(ring, config.organisation)
        mark(engine, ring, places)
    except BaseException:
        ring.close()
        raise
    keyed(engine, seals.chain_key)
    return seals


def mark(engine: Engine, ring: KeyRing, places: Places) -> str:
    """Mark a store that was checked as this ring's, and have the ring note it; answers the store's id.

    The ring is told last: cut short between the two, the store is still known by its mark.

    Raises:
        KeyRingError, StoreUnavailable
    """
    with translated(), engine.begin() as connection:
        store = bind(connection, ring, places)
    ring.serve(store)
    return store


def refuse_vanished(config: Config) -> None:
    """Refuse a file of SQLite that is not there, while the key ring has served one; makes no file.

    Raises:
        StoreVanished
        KeyRingError, SecretError, StoreUnavailable: the key ring can't be asked.
    """
    url = make_url(config.store_url)
    if url.get_backend_name() != "sqlite" or Path(url.database or "").exists():
        return
    try:
        ring = ring_here(config)
    except KeyRingMissing:
        return
    try:
        check_vanished(ring, Places.of(config))
    finally:
        ring.close()


@contextmanager
def recording(config: Config) -> Iterator[Engine]:
    """The store for one verb of the command line that changes something and leaves an audit row.

    Raises:
        ConfigError, KeyRingError, SecretError, StoreUnavailable
    """
    with administering(config.store_url) as engine:
        open_seals(config, engine).close()
        yield engine
