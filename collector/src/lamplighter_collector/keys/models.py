"""The tables of the key ring. It is a store of its own and never part of a backup of the main one."""

from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, Text

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
