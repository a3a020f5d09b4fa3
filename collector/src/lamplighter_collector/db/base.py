"""What all tables have in common.

Every key leads with the organisation, so that one database can later hold many schools and be spread by it.
Times are whole milliseconds since 1970 in UTC. Text that belongs to a person stands only in sealed columns.
"""

from typing import TypeVar

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Text
from sqlalchemy.types import TypeEngine

_T = TypeVar("_T")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def text(name: str, comment: str, *, nullable: bool = False) -> Column[str]:
    return _column(name, Text(), comment, nullable=nullable)


def number(name: str, comment: str) -> Column[int]:
    return _column(name, BigInteger(), comment)


def moment(name: str, comment: str, *, nullable: bool = False) -> Column[int]:
    return _column(name, BigInteger(), f"{comment} Milliseconds since 1970, UTC.", nullable=nullable)


def sealed(name: str, comment: str, *, subject: str, nullable: bool = False) -> Column[bytes]:
    """A text that only the key ring opens, made by `Seals.seal` with ``TABLE.COLUMN`` as its field.

    ``subject`` is the column of the same table that holds the subject whose key seals it; empty for the
    organisation's own key. ``keys prove`` finds every sealed field by it.
    """
    column = Column(name, LargeBinary(), nullable=nullable, comment=comment)
    column.info["sealed_by"] = subject
    return column


def _column(name: str, kind: TypeEngine[_T], comment: str, *, nullable: bool = False) -> Column[_T]:
    return Column(name, kind, nullable=nullable, comment=comment)
