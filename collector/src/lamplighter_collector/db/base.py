"""What all tables have in common.

Every key leads with the organisation, so that one database can later hold many schools and be spread by it.
Times are whole milliseconds since 1970 in UTC. Text that belongs to a person stands only in columns named
``evidence_*``.
"""

from typing import TypeVar

from sqlalchemy import BigInteger, Column, MetaData, Text
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


def _column(name: str, kind: TypeEngine[_T], comment: str, *, nullable: bool = False) -> Column[_T]:
    return Column(name, kind, nullable=nullable, comment=comment)
