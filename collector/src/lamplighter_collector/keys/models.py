"""The tables of the key ring, which is a store of its own and never part of a backup of the main one.

`key_marks` is the one table here that lies in the main store: it says which key ring the store belongs to.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, PrimaryKeyConstraint, Table, Text

from lamplighter_collector.db.base import metadata, text

ring_metadata: Final = MetaData()

masters = Table(
    "masters",
    ring_metadata,
    Column("id", Text, primary_key=True, comment="The first 16 hex digits of the master key's sha256."),
    Column("created_at", BigInteger, nullable=False, comment="Milliseconds since 1970, UTC."),
    Column("retired_at", BigInteger, comment="NULL for the one in use. Milliseconds since 1970, UTC."),
    Column("check", LargeBinary, nullable=False, comment="A fixed text, sealed with the master key."),
)

data_keys = Table(
    "data_keys",
    ring_metadata,
    Column("organisation", Text, primary_key=True, comment="Whose key it is."),
    Column("subject", Text, primary_key=True, comment="Pseudonym; empty for the organisation's own key."),
    Column("number", BigInteger, primary_key=True, comment="Counts up when a key was destroyed."),
    Column("master", Text, nullable=False, comment="masters.id that wraps it."),
    Column("wrapped", LargeBinary, comment="The key, sealed with the master key; NULL once destroyed."),
)

stores = Table(
    "stores",
    ring_metadata,
    Column("organisation", Text, primary_key=True, comment="Whose store it is."),
    Column("store", Text, primary_key=True, comment="key_marks.store of a store that this ring has served."),
    Column("since", BigInteger, nullable=False, comment="Milliseconds since 1970, UTC."),
)
"""So that an empty store beside a ring that has served another one is noticed."""

key_marks = Table(
    "key_marks",
    metadata,
    text("organisation", "Whose rows of the store."),
    text("store", "A random number that the store got when it was first used."),
    text("ring", "The id of the key ring that it belongs to."),
    text("proof", "A keyed hash of organisation and store, by a key of that ring."),
    PrimaryKeyConstraint("organisation"),
    sqlite_with_rowid=False,
)
