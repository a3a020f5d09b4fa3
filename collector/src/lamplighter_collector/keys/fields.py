"""Which columns of the store are sealed, found in the tables themselves."""

from dataclasses import dataclass

from sqlalchemy import Column, Connection, MetaData, Table, inspect, select


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedField:
    """One sealed column, and the column of the subject whose key seals it (None: the organisation's own)."""

    table: Table
    column: Column[bytes]
    subject: Column[str] | None

    @property
    def name(self) -> str:
        """What `Seals.seal` is told."""
        return f"{self.table.name}.{self.column.name}"


def sealed_fields(metadata: MetaData) -> tuple[SealedField, ...]:
    return tuple(
        SealedField(table=table, column=column, subject=table.c[by] if by else None)
        for table in metadata.sorted_tables
        for column in table.columns
        if (by := column.info.get("sealed_by")) is not None
    )


def stored_fields(connection: Connection, metadata: MetaData) -> tuple[SealedField, ...]:
    """Those whose tables the store has: one of an earlier version lacks some, and may be only read."""
    there = set(inspect(connection).get_table_names())
    return tuple(field for field in sealed_fields(metadata) if field.table.name in there)


def holds_sealed(connection: Connection, metadata: MetaData, organisation: str) -> bool:
    """Whether anything of this organisation could be opened with a key ring only: others have their own."""
    return any(
        connection.execute(
            select(field.column)
            .where(field.table.c.organisation == organisation, field.column.is_not(None))
            .limit(1)
        ).first()
        for field in stored_fields(connection, metadata)
    )
