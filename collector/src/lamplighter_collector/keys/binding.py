"""Which key ring a store belongs to: a mark in the store, which only that ring can make.

A ring is named by a hash of the key of its pseudonyms, which stays through every rotation of the master key.
The mark is in the store before anything else that is keyed, and the ring notes the store after it. So a
foreign ring is refused before it has chained, sealed or looked up anything; and an empty store, beside a ring
that has served another one, is no first start.

A store from before there were marks is judged by what it holds: the first row of its record, and some of each
sealed field. Its ring fits most of that; a foreign one fits none of it, or only what it has added by mistake.

Everything here blocks and is called in the caller's transaction.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from sqlalchemy import Connection, inspect, literal, make_url, select

from lamplighter_collector.audit.chain import Link, RowUnreadable, hash_of, is_whole
from lamplighter_collector.audit.services import entries
from lamplighter_collector.config import Config
from lamplighter_collector.db.driver import INSERTS
from lamplighter_collector.db.schema import metadata
from lamplighter_collector.errors import (
    ConfigError,
    KeyDestroyed,
    KeyRingForeign,
    SealBroken,
    StoreMarkBroken,
    StoreUnavailable,
    StoreVanished,
)
from lamplighter_collector.keys.fields import SealedField, holds_sealed, stored_fields
from lamplighter_collector.keys.models import key_marks
from lamplighter_collector.keys.ring import INDEX, KeyRing
from lamplighter_collector.keys.sealing import Seals

_SAMPLE: Final = 20
"""Rows of each sealed field that a store without a mark is judged by."""
_STORE_BYTES: Final = 8
_RING_BYTES: Final = 8


class _Mark(NamedTuple):
    store: str
    ring: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What messages call a store and its keys: file names, never an address with a password."""

    organisation: str
    store: str
    keys: str

    @classmethod
    def of(cls, config: Config) -> Self:
        url = make_url(config.store_url)
        sqlite = url.get_backend_name() == "sqlite"
        store = f"the store {url.database}" if sqlite else f"the database {url.database} of store.url"
        return cls(organisation=config.organisation, store=store, keys=str(config.keys.folder))

    def ring(self, id_: str) -> str:
        named = f"the key ring {id_}" if id_ else "the key ring, which has no key of this organisation,"
        return f"{named} (keys.folder {self.keys})"


def check(connection: Connection, ring: KeyRing, places: Places) -> None:
    """Refuse a ring that the store does not belong to; changes nothing.

    Raises:
        KeyRingForeign: the store was kept with another ring.
        StoreMarkBroken: the store's mark was changed.
        StoreVanished: the store is empty, and the ring has served one that was not.
    """
    index = _index_of(ring)
    mark = _mark_of(connection, places.organisation)
    if mark is not None:
        _check_mark(mark, index, places)
    elif not is_used(connection, places.organisation):
        check_vanished(ring, places)
    elif not index or not _fits(connection, Seals(ring, places.organisation), places.organisation):
        raise KeyRingForeign(store=places.store, ring=places.ring(_id(index)), needed="")


def check_vanished(ring: KeyRing, places: Places) -> None:
    """Refuse a ring that has served a store, beside one that is empty or not there.

    Raises:
        StoreVanished
    """
    served = ring.served()
    # A ring from before there were marks noted no store; who has keys of people has served one.
    if served or ring.knows_people():
        named = f"the store {served[-1]}" if served else "another one"
        raise StoreVanished(store=places.store, ring=places.ring(_id(_index_of(ring))), served=named)


def check_new(connection: Connection, places: Places) -> None:
    """Refuse a store that is not empty, where a new one is to begin.

    Raises:
        ConfigError
    """
    if store_of(connection, places.organisation) or is_used(connection, places.organisation):
        raise ConfigError("store.url", f"{places.store} is not empty: there is nothing to begin")


def bind(connection: Connection, ring: KeyRing, places: Places) -> str:
    """Mark a store, which was checked, as this ring's, and answer its id. Tell the ring after the commit.

    Raises:
        KeyRingForeign, StoreMarkBroken: another collector has marked it at this moment.
    """
    index = ring.ensure([INDEX])[INDEX].key
    mark = _mark_of(connection, places.organisation)
    if mark is None:
        store = secrets.token_hex(_STORE_BYTES)
        proof = _proof(index, places.organisation, store)
        row = {"organisation": places.organisation, "store": store, "ring": _id(index), "proof": proof}
        connection.execute(INSERTS[connection.dialect.name](key_marks).values(row).on_conflict_do_nothing())
        mark = _mark_of(connection, places.organisation) or _Mark("", "", "")
    _check_mark(mark, index, places)
    return mark.store


def store_of(connection: Connection, organisation: str) -> str:
    """The id that the store got with its mark; empty where it has none."""
    mark = _mark_of(connection, organisation)
    return mark.store if mark else ""


def is_used(connection: Connection, organisation: str) -> bool:
    """Whether the store holds anything that was made with a key of a ring."""
    return (
        holds_sealed(connection, metadata, organisation) or _first_row(connection, organisation) is not None
    )


def _mark_of(connection: Connection, organisation: str) -> _Mark | None:
    if not inspect(connection).has_table(key_marks.name):  # of an earlier version, and only read
        return None
    query = select(key_marks.c.store, key_marks.c.ring, key_marks.c.proof)
    row = connection.execute(query.where(key_marks.c.organisation == organisation)).first()
    return None if row is None else _Mark(*row)


def _check_mark(mark: _Mark, index: bytes, places: Places) -> None:
    here = places.ring(_id(index))
    if mark.ring != _id(index):
        raise KeyRingForeign(store=places.store, ring=here, needed=f"the key ring {mark.ring}")
    proof = _proof(index, places.organisation, mark.store)
    if not hmac.compare_digest(proof.encode(), mark.proof.encode()):
        raise StoreMarkBroken(store=places.store, ring=here)


def _index_of(ring: KeyRing) -> bytes:
    """Empty where the ring has no key of this organisation yet; none is made."""
    found = ring.find([INDEX])
    return found[INDEX].key if INDEX in found else b""


def _id(index: bytes) -> str:
    """What a ring is called; empty for one that has no key of the organisation."""
    return (
        hashlib.blake2b(key=index, digest_size=_RING_BYTES, person=b"key ring").hexdigest() if index else ""
    )


def _proof(index: bytes, organisation: str, store: str) -> str:
    about = f"{organisation}\0{store}".encode()
    return hashlib.blake2b(about, key=index, digest_size=32, person=b"store mark").hexdigest()


def _fits(connection: Connection, seals: Seals, organisation: str) -> bool:
    """Whether the ring fits most of what a store without a mark holds."""
    first = _first_row(connection, organisation)
    pieces = []
    if first is not None:
        sound = is_whole(first) and hmac.compare_digest(
            hash_of(first, seals.chain_key).encode(), first.hash.encode("utf-8", "surrogatepass")
        )
        pieces.append(sound)
    for field in stored_fields(connection, metadata):
        pieces += _opened(connection, field, seals, organisation)
    return sum(pieces) * 2 > len(pieces)


def _first_row(connection: Connection, organisation: str) -> Link | None:
    try:
        return next(entries(connection, organisation), None)
    except RowUnreadable:
        raise StoreUnavailable("the first row of the record can't be read") from None


def _opened(connection: Connection, field: SealedField, seals: Seals, organisation: str) -> list[bool]:
    """Whether each of some rows can be opened. One that was erased on purpose is the ring's, too."""
    subject = literal("") if field.subject is None else field.subject
    query = (
        select(subject.label("subject"), field.column.label("sealed"))
        .where(field.table.c.organisation == organisation, field.column.is_not(None))
        .order_by(*field.table.primary_key.columns)
        .limit(_SAMPLE)
    )
    found = []
    for row in connection.execute(query).all():
        try:
            seals.open(row.subject, field.name, row.sealed)
        except KeyDestroyed:
            found.append(True)
        except SealBroken:
            found.append(False)
        else:
            found.append(True)
    return found
