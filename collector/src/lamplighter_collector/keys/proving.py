"""Open everything that is sealed, to know that it can be: before a rotation is relied on, after a restore."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, MetaData, Row, literal, select, tuple_

from lamplighter_collector.errors import KeyDestroyed, SealBroken
from lamplighter_collector.keys.fields import SealedField, stored_fields
from lamplighter_collector.keys.ring import KeyRing
from lamplighter_collector.keys.sealing import Seals

DATA_KEYS: Final = "data_keys"
_PAGE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How many of one kind can be opened, can't be, or were erased on purpose."""

    what: str
    sound: int
    broken: int
    erased: int


def prove_keys(ring: KeyRing) -> Proof:
    """Open every data key of the ring."""
    sound, broken = ring.prove()
    return Proof(what=DATA_KEYS, sound=sound, broken=broken, erased=ring.state().destroyed)


def prove_fields(
    connection: Connection, organisation: str, *, metadata: MetaData, seals: Seals
) -> tuple[Proof, ...]:
    """Open every sealed field of the store. Nothing opened leaves here."""
    fields = stored_fields(connection, metadata)
    return tuple(_prove_field(connection, organisation, field, seals) for field in fields)


def _prove_field(connection: Connection, organisation: str, field: SealedField, seals: Seals) -> Proof:
    sound = broken = erased = 0
    for page in _pages(connection, organisation, field):
        seals.fetch({row.subject for row in page})
        for row in page:
            try:
                seals.open(row.subject, field.name, row.sealed)
            except KeyDestroyed:
                erased += 1
            except SealBroken:
                broken += 1
            else:
                sound += 1
    return Proof(what=field.name, sound=sound, broken=broken, erased=erased)


def _pages(connection: Connection, organisation: str, field: SealedField) -> Iterator[list[Row[Any]]]:
    key = list(field.table.primary_key.columns)
    named = [column.label(f"key_{place}") for place, column in enumerate(key)]
    subject = literal("") if field.subject is None else field.subject
    query = (
        select(subject.label("subject"), field.column.label("sealed"), *named)
        .where(field.table.c.organisation == organisation, field.column.is_not(None))
        .order_by(*key)
        .limit(_PAGE)
    )
    page = list(connection.execute(query))
    while page:
        yield page
        last = page[-1][2:]
        page = list(connection.execute(query.where(tuple_(*key) > tuple_(*last))))
