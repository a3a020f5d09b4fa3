"""Statements for the one hot path: written as SQLAlchemy constructs, sent by the driver.

Building a statement costs more than running it, so each is compiled once, at import. Rows are tuples in the
order of the table's columns.
"""

from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.dml import Insert

Row = tuple[object, ...]


class DriverStatement:
    """One compiled INSERT over all columns of a table."""

    def __init__(self, insert: Insert) -> None:
        compiled = insert.compile(dialect=sqlite.dialect())
        self.sql = str(compiled)

    def many(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Run once per row; answers how many rows the database changed."""
        if not rows:
            return 0
        # A list even for one row: a single tuple would be taken for the parameters of one execution.
        result = connection.exec_driver_sql(
            self.sql, list(rows), execution_options={"preserve_rowcount": True}
        )
        return result.rowcount
